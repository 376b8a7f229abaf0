import type { CommandId } from '../../core/commands.ts'
import type { SessionId } from '../../core/ids.ts'
import { isLive, type Session } from '../../core/session.ts'
import { plain } from '../widgets/plain-text.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** A question before something that cannot be taken back. */
export interface ConfirmOverlay {
  readonly kind: 'confirm'
  readonly command: CommandId
  readonly targets: readonly SessionId[]
  readonly question: string
  /** What would be lost or cut short, one line each. */
  readonly losses: readonly string[]
}

/** The question after an input: `y` does it; everything else that is a decision does not. */
export function stepConfirm(overlay: ConfirmOverlay, input: OverlayInput): OverlayStep<ConfirmOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  if (input.key.name === 'n' || input.key.name === 'N' || input.key.name === 'enter') return CLOSED
  if (input.key.name !== 'y' && input.key.name !== 'Y') return { overlay }
  return { overlay: undefined, effect: { kind: 'confirmed', command: overlay.command, targets: overlay.targets } }
}

/** What ending this session would lose, in words; empty when nothing is at stake. */
export function lossesOf(session: Session): readonly string[] {
  const name = `${session.rig}/${session.agentName}`
  const losses: string[] = []
  if (isLive(session) && session.activity === 'working') losses.push(`${name} is working: ${plain(session.why)}`)
  if (session.need !== undefined) losses.push(`${name} asks: ${plain(session.need.title || session.need.kind)}`)
  if (session.unread) losses.push(`${name} has a reply you have not read`)
  if (session.queuedMessages > 0) losses.push(`${name} has ${session.queuedMessages} undelivered message(s)`)
  for (const work of session.workUnits) {
    const isOpen = work.status === 'assigned' || work.status === 'accepted'
    if (isOpen) losses.push(`${name} has not finished ${work.type} ${plain(work.id)}`)
  }
  return losses
}
