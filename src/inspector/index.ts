export { type InspectedRoom, type Inspector, type InspectorOptions, mountInspector } from './mount.js'
