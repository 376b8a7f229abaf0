/** What the system says about a process in /proc/PID/stat (proc(5)), as far as anything here asks for it. */
export interface ProcessStat {
  /** Ended, and only waiting for its parent to take notice: where the first process of a container never does, for good. */
  readonly isZombie: boolean
  /** Id of its process group. */
  readonly group: number
  /** Process id of the leader of its terminal session. */
  readonly terminalSession: number
  /** The group that has its terminal; -1 without a terminal. */
  readonly foregroundGroup: number
  /** Processor time used so far, in clock ticks. */
  readonly cpuTicks: number
  /** When it started, in clock ticks since the system did: with the pid it names one process until the system stops, whatever program it becomes. */
  readonly start: string
}

/* Counted from the field behind the name in brackets, which may itself hold spaces and brackets. */
const [STATE, GROUP, SESSION, FOREGROUND, USER, SYSTEM, START] = [0, 2, 3, 5, 11, 12, 19] as const

/** Reads the text of /proc/PID/stat. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (index: number): number => Number(fields[index])
  return {
    isZombie: fields[STATE] === 'Z',
    group: number(GROUP),
    terminalSession: number(SESSION),
    foregroundGroup: number(FOREGROUND),
    cpuTicks: number(USER) + number(SYSTEM),
    start: fields[START] ?? '',
  }
}
