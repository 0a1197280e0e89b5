/** Every word that the chapters do not take for granted, in a sentence or two. */
export const glossary: Readonly<Record<string, string>> = {
  replica:
    'One of the computers that keep the same state. Here each runs in this page, with a disk and a network that are made up.',
  leaderless: 'No replica has a part that the others lack: each takes commands, and none has to be asked first.',
  command: 'Something that is to be done to the state, such as: write the key k.',
  coordinator: 'The replica at which a command was proposed. It leads this one command to its decision, and no other.',
  instance: 'A place for one command, or for a few that travel together. 0.1 is place number 1 in the row of R0.',
  'pre-accept': 'The first question: here is a command; which others, that you know of, must come before it?',
  dependencies:
    'What must come before a command, as far as is known. Named per row: 1.4 stands for the fourth instance of the row of R1, and for all before it in that row.',
  commit: 'To settle for good what an instance holds and what it depends on. A commit is never undone.',
  'fast path': 'One round trip: enough replicas have answered exactly what was proposed.',
  'slow path': 'Two round trips: the first showed that something must be added, the second settles that.',
  accept: 'The second question: store this command with these dependencies, whatever you thought of it before.',
  majority: 'More than half. Any two majorities share at least one replica, which remembers for both.',
  execute:
    'To carry a command out on the own copy of the state. It follows the commit, and keeps the order of dependencies.',
  interfere:
    'Two commands interfere if both touch one key and at least one of them writes it. Only then does their order matter.',
  cycle: 'A round of dependencies: each of them waits for the next one, and the last for the first.',
  component: 'Instances that depend on each other, in a cycle or in several. They are executed together, as one.',
  suspect: 'To take somebody for dead after a silence. It may be wrong, which costs time and never correctness.',
  recovery: 'Another replica leads an instance to its end, since its coordinator may be gone.',
  ballot:
    'A number that says whose turn it is to lead an instance. Who has promised a higher one refuses what comes with a lower one.',
  'no-op': 'Nothing to be done: the decision to leave an instance empty.',
  voter: 'A replica whose answers count.',
  observer: 'A replica that follows what the voters decide, without a vote.',
  epoch: 'A stretch of the life of a group, in which the voters stay the same.',
  snapshot: 'A copy of the whole state at one moment, in place of all the commands that have led to it.',
  seal: 'A command that ends the epoch and names the next voters. It interferes with everything.',
}
