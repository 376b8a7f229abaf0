import fc from 'fast-check'
import { observe } from '../../../src/backends/claude/activity.ts'
import { startState } from '../../../src/backends/claude/activity-state.ts'
import { readHook } from '../../../src/backends/claude/hooks.ts'
import { hookRaw } from '../../../src/backends/claude/raw.ts'
import { nothingTold, reportOn } from '../../../src/backends/claude/report.ts'
import { createRequestReader } from '../../../src/backends/claude/request-reader.ts'
import { parseStatus } from '../../../src/backends/claude/status-file.ts'
import { answeredIn } from '../../../src/backends/claude/transcript-line.ts'
import { readEvent } from '../../../src/backends/opencode/schema.ts'
import { createSseParser } from '../../../src/backends/opencode/sse.ts'
import { parseObject } from '../../../src/core/json.ts'
import { HOOK_BODIES, OPENCODE_EVENTS } from '../corpora.ts'
import { mutatedJson, mutatedText } from '../mutations.ts'
import { createTarget, type FuzzTarget } from '../target.ts'

const LONGEST_EVENT = 2000

/** Bodies of hooks as text: read from the bytes on, through everything that is concluded from them. */
export function hookTarget(): FuzzTarget {
  const asText = mutatedText(HOOK_BODIES.map((body) => JSON.stringify(body)))
  const asValue = mutatedJson(HOOK_BODIES).map((body) => JSON.stringify(body))
  return createTarget({ name: 'hook bodies', share: 10, input: fc.oneof(asText, asValue), open: openHooks })
}

function openHooks() {
  const requests = createRequestReader('/w')
  return {
    attempt(text: string) {
      const body = parseObject(text)
      if (body === undefined) return
      hookRaw(body)
      const request = requests.read(body)
      const event = request === undefined ? readHook(body) : ({ type: 'asked', request } as const)
      if (event === undefined) return
      const state = observe(startState('c1', '/w', false), { type: 'hook', event })
      reportOn(nothingTold('c1'), state)
    },
  }
}

/** Files that Claude Code writes while we read them. */
export function claudeFileTarget(): FuzzTarget {
  const files = [
    '{"pid":12,"procStart":"77","sessionId":"c1","status":"waiting","waitingFor":"permission prompt"}',
    '{"type":"assistant","isSidechain":false,"message":{"id":"m1","model":"opus","usage":{"input_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":1},"server_tool_use":{"web_search_requests":1}}}}',
  ]
  const open = () => ({
    attempt(text: string) {
      parseStatus(text)
      for (const line of text.split('\n')) answeredIn(line)
    },
  })
  return createTarget({ name: 'status files and transcripts', share: 10, input: mutatedText(files), open })
}

/** Opencode's event stream, from its bytes to our events, in any pieces. */
export function opencodeTarget(): FuzzTarget {
  const streamed = OPENCODE_EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`)
  const asText = mutatedText([...streamed, streamed.join(''), ': heartbeat\r\n\r\n'])
  const asValue = mutatedJson(OPENCODE_EVENTS).map((event) => `data: ${JSON.stringify(event)}\n\n`)
  const input = fc.tuple(fc.oneof(asText, asValue), fc.nat(400))
  return createTarget({ name: 'opencode events', share: 6, input, open: openStream })
}

function openStream() {
  return {
    attempt([text, cut]: readonly [string, number]) {
      const parse = createSseParser(LONGEST_EVENT)
      const bytes = Buffer.from(text)
      const events = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((piece) => parse(piece))
      for (const data of events) {
        if (data.length > LONGEST_EVENT * 2) throw new Error(`an event of ${data.length} characters was kept`)
        readEvent(data)
      }
    },
  }
}
