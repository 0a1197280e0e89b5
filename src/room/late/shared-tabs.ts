export { Guests } from '../tabs/guests.js'
export { openAsGuest } from '../tabs/open-as-guest.js'
