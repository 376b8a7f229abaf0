import { type Comparison, compareInside, compareWith, joined, NOTHING } from './compare.ts'
import { createOurScreen } from './our-screen.ts'
import type { Recording, RecordingEvent } from './recording.ts'
import type { TmuxScreen } from './tmux.ts'

/** A comparison at one place of a recording. */
export interface MarkedComparison extends Comparison {
  /** `recording, mark` */
  readonly look: string
}

/**
 * Plays a recording and compares both at every mark. A look at tmux's screen changes it, so for each look tmux is given everything
 * anew. Our own two screens are compared after every event, that is after every read of the program's output.
 */
export async function compareRecording(tmux: TmuxScreen, recording: Recording): Promise<readonly MarkedComparison[]> {
  using ours = createOurScreen(recording.size)
  const looks: MarkedComparison[] = []
  let inner = NOTHING
  for (const [index, event] of recording.events.entries()) {
    if (event.kind === 'output') ours.write(Buffer.from(event.text))
    else if (event.kind === 'resize') ours.resize(event.size)
    inner = joined(inner, compareInside(ours))
    if (event.kind !== 'mark') continue
    await playInto(tmux, { ...recording, events: recording.events.slice(0, index) })
    looks.push({ look: `${recording.name}, ${event.name}`, ...joined(inner, await compareWith(tmux, ours)) })
    inner = NOTHING
  }
  return looks
}

async function playInto(tmux: TmuxScreen, { size, events }: Recording): Promise<void> {
  await tmux.resize(size)
  await tmux.reset()
  for (const stretch of stretches(events)) {
    await tmux.write(stretch.text)
    if (stretch.resize !== undefined) await tmux.resize(stretch.resize.size)
  }
}

interface Stretch {
  text: string
  resize: Extract<RecordingEvent, { kind: 'resize' }> | undefined
}

/** The output up to each resize, in one piece. */
function stretches(events: readonly RecordingEvent[]): readonly Stretch[] {
  const found: Stretch[] = [{ text: '', resize: undefined }]
  for (const event of events) {
    const last = found.at(-1)
    if (last === undefined || event.kind === 'mark') continue
    if (event.kind === 'output') last.text += event.text
    else {
      last.resize = event
      found.push({ text: '', resize: undefined })
    }
  }
  return found
}
