import { onAccept, onCommit, onPreAccept, onRecover, onValidate } from './acceptor.js'
import { onAcceptOk, onPreAcceptOk } from './coordinator.js'
import type { Epoch } from './epoch.js'
import type { Message } from './message.js'
import { onNack, onRecoverOk, onValidateOk, onWaiting } from './recovery.js'
import { onFrontier } from './repair.js'

/** What a voter says to voters, or to itself, goes to the rule that it is for. @param from its slot */
export const dispatch = (epoch: Epoch, from: number, message: Message): void => {
  switch (message.kind) {
    case 'pre-accept':
      return onPreAccept(epoch, from, message)
    case 'pre-accept-ok':
      return onPreAcceptOk(epoch, from, message)
    case 'accept':
      return onAccept(epoch, from, message)
    case 'accept-ok':
      return onAcceptOk(epoch, from, message)
    case 'nack':
      return onNack(epoch, message)
    case 'commit':
      return onCommit(epoch, epoch.voter(from), message)
    case 'recover':
      return onRecover(epoch, from, message)
    case 'recover-ok':
      return onRecoverOk(epoch, from, message)
    case 'validate':
      return onValidate(epoch, from, message)
    case 'validate-ok':
      return onValidateOk(epoch, from, message)
    case 'waiting':
      return onWaiting(epoch, message)
    case 'frontier':
      return onFrontier(epoch, from, message)
  }
}
