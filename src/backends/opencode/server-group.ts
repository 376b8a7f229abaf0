const TERM_GRACE_MS = 2000

/** SIGTERM to the group of a server, two seconds, SIGKILL; resolves when the server is gone. */
export async function stopGroup(leader: number, exited: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => signalGroup(leader, 'SIGKILL'), TERM_GRACE_MS)
  signalGroup(leader, 'SIGTERM')
  await exited
  clearTimeout(timer)
  // A tool that the agent started may outlive the server: it is in the same group unless it left it.
  signalGroup(leader, 'SIGKILL')
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // The whole group is gone already.
  }
}
