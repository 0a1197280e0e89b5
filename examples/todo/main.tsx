import { deepEqual, type Room } from 'epaxos'
import { useRoom, useStatus, useValue } from 'epaxos/react'
import { type FormEvent, StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { enter } from '../enter.js'
import { sentenceOf } from '../sentence.js'
import { keepForOffline } from './offline.js'
import { type Todo, todos, todosIn } from './state.js'

type TodoRoom = Room<typeof todos>

const App = () => {
  const opening = useRoom(() => enter(todos))
  if (opening.status === 'opening') return <p role="status">Opening …</p>
  if (opening.status === 'failed') return <p role="alert">{String(opening.error)}</p>
  return <TodoList room={opening.room} />
}

const TodoList = ({ room }: { readonly room: TodoRoom }) => {
  const items = useValue(room, todosIn, deepEqual)
  const status = useStatus(room, sentenceOf)
  const [problem, setProblem] = useState('')
  /** A change shows at once. Its promise says what has become of it, when it is settled: that may be tomorrow. */
  const report = (change: Promise<{ readonly ok: boolean }>): void => {
    change.then(
      ({ ok }) => setProblem(ok ? '' : 'Somebody has removed that meanwhile.'),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    )
  }
  return (
    <>
      <NewTodo add={(text) => report(room.mutate.add({ text }))} />
      <ul id="todos" aria-label="To do">
        {items.map(({ id, value }, at) => (
          <Row key={id} room={room} id={id} todo={value} isFirst={at === 0} report={report} />
        ))}
      </ul>
      <p className="status quiet" role="status">
        {status}
      </p>
      {problem !== '' && <p role="alert">{problem}</p>}
    </>
  )
}

const NewTodo = ({ add }: { readonly add: (text: string) => void }) => {
  const [text, setText] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text.trim() === '') return
    add(text)
    setText('')
  }
  return (
    <form onSubmit={submit}>
      <label>
        What is to be done?
        <input value={text} onChange={({ target }) => setText(target.value)} maxLength={200} autoComplete="off" />
      </label>
      <button type="submit" className="main">
        Add
      </button>
    </form>
  )
}

interface RowProps {
  readonly room: TodoRoom
  readonly id: string
  readonly todo: Todo
  readonly isFirst: boolean
  readonly report: (change: Promise<{ readonly ok: boolean }>) => void
}

const Row = ({ room, id, todo: { text, done }, isFirst, report }: RowProps) => (
  <li className="todo" data-done={done}>
    <label>
      <input
        type="checkbox"
        checked={done}
        onChange={({ target }) => report(room.mutate.tick({ id, done: target.checked }))}
      />
      <span>{text}</span>
    </label>
    <button
      type="button"
      disabled={isFirst}
      aria-label={`Move up: ${text}`}
      onClick={() => report(room.mutate.moveUp({ id }))}
    >
      ↑
    </button>
    <button type="button" aria-label={`Remove: ${text}`} onClick={() => report(room.mutate.remove({ id }))}>
      ×
    </button>
  </li>
)

const place = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`index.html has no #${id}`)
  return found
}

createRoot(place('page')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

await keepForOffline()
place('offline').hidden = false
