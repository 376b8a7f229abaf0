import type { CommandId } from '../../core/commands.ts'
import type { MessageId, NeedId, SessionId, WorkId } from '../../core/ids.ts'
import type { MessageType } from '../../core/message.ts'
import type { Answer } from '../../core/need.ts'
import type { SnoozeLength } from '../../core/orchestrator.ts'
import type { SpawnRequest } from '../../core/session.ts'
import type { WorkPlace } from '../../core/work.ts'
import type { EditKey } from '../store/text-field.ts'

/** What reaches an overlay. */
export type OverlayInput =
  | { readonly kind: 'key'; readonly key: EditKey }
  | { readonly kind: 'paste'; readonly text: string }

/** What an overlay asks the room to do. */
export type OverlayEffect =
  | { readonly kind: 'spawn'; readonly request: SpawnRequest }
  | { readonly kind: 'send'; readonly type: MessageType; readonly to: readonly SessionId[]; readonly body: string }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'run'; readonly command: CommandId }
  /** An overlay that is pending stays open until the answer was taken. */
  | { readonly kind: 'answer'; readonly id: SessionId; readonly needId: NeedId; readonly answer: Answer }
  | {
      readonly kind: 'snooze'
      readonly targets: readonly SessionId[]
      readonly length: SnoozeLength
      readonly label: string
    }
  | { readonly kind: 'message'; readonly act: 'resend' | 'cancel' | 'acknowledge'; readonly id: MessageId }
  | { readonly kind: 'read-message'; readonly id: MessageId }
  | {
      readonly kind: 'sling'
      readonly description: string
      readonly priority: number
      readonly place: WorkPlace
    }
  | { readonly kind: 'work'; readonly act: 'retry' | 'cancel'; readonly id: WorkId }
  /** Without a note when there is nothing to say. */
  | { readonly kind: 'hand-over'; readonly id: WorkId; readonly to: SessionId; readonly note?: string }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'confirmed'; readonly command: CommandId; readonly targets: readonly SessionId[] }

/** An overlay after an input (undefined = closed), and what the room is to do. */
export interface OverlayStep<Overlay> {
  readonly overlay: Overlay | undefined
  readonly effect?: OverlayEffect
}

export const CLOSED: OverlayStep<never> = { overlay: undefined }

/** Keys that leave every overlay. */
export function isLeaving(input: OverlayInput): boolean {
  return input.kind === 'key' && (input.key.name === 'escape' || input.key.name === 'ctrl+c')
}
