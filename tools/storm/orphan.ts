/** Ends this process when the one that has started it ends, however it ends: its standard input is a pipe from there. */
export const endWithParent = (): void => {
  process.stdin.on('end', () => process.exit()).resume()
}
