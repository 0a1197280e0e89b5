/** Whether whoever looks has asked for a picture in which nothing moves. */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
