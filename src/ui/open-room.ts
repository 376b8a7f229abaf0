import type { Client } from '../client/client.ts'
import type { RoomClient } from '../client/reconnect.ts'
import { resolveSession } from '../core/resolve.ts'
import type { RoomSettings } from '../core/room-settings.ts'
import { crashText } from './crash-text.ts'
import type { ExitReason } from './room/commander.ts'
import type { FollowSettings } from './room/live-settings.ts'
import { loadChrome } from './room/load-chrome.ts'
import { type RoomOptions, startRoom } from './room.ts'
import type { EndReason } from './terminal/lifecycle.ts'

/** What the composition root hands over. */
export interface OpenRoomOptions {
  readonly stdin: RoomOptions['tty']['stdin']
  readonly stdout: RoomOptions['tty']['stdout']
  /** The way to the host, which may still be under way. */
  readonly client: Promise<RoomClient>
  /** Another connection to the host that runs. */
  readonly connect: () => Promise<Client>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Session to open in focus: agent name, `rig/name` or id prefix. */
  readonly attach?: string
  /** The operator's own settings, and how to hear of changes of them. */
  readonly settings: RoomSettings
  readonly followSettings: FollowSettings
}

/** Opens the room, and stops the host when the operator asked for that. Resolves with how the room ended. */
export async function openRoomFor(options: OpenRoomOptions): Promise<ExitReason> {
  const { connect, env, stdin, stdout, attach, settings, followSettings } = options
  const [client] = await Promise.all([options.client, loadChrome()])
  try {
    const attached = attach === undefined ? undefined : resolveSession(await client.listSessions(), attach).id
    const reason = await startRoom({
      client,
      tty: { stdin, stdout },
      env,
      workDir: process.cwd(),
      attach: attached,
      settings,
      followSettings,
      onEnd: reportEnd,
      testMarkers: (env['SIGNALBOX_TEST'] ?? '') !== '',
    })
    if (reason === 'stop-host') await stopHost(connect)
    return reason
  } finally {
    client.close()
  }
}

async function stopHost(connect: OpenRoomOptions['connect']): Promise<void> {
  const client = await connect()
  try {
    await client.stopHost()
  } finally {
    client.close()
  }
}

/** A crash must be seen: the terminal is given back by then. */
function reportEnd(reason: EndReason): void {
  if (reason.kind !== 'crash') return
  process.stderr.write(crashText(reason.error))
}
