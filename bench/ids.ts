/** The name of a group, or of a replica: 32 random lower-case hex digits. */
export const randomId = (): string => crypto.randomUUID().replaceAll('-', '')
