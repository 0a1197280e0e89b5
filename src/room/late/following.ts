export { autopilot } from '../../member/index.js'
export { adviceOf } from '../advice.js'
export { diagnosisOf } from '../diagnosis.js'
export { Membership } from '../keys/membership.js'
