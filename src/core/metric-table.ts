/** One thing that is measured. */
export interface MetricDefinition {
  /** As Prometheus and OpenTelemetry have it: base units, `_total` behind what only grows. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Upper bounds of the buckets of a histogram. */
  readonly bounds?: readonly number[]
}

const SECONDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/** People answer, and work waits, longer than machines do. */
const PATIENCE: readonly number[] = [1, 5, 15, 30, 60, 300, 900, 3600, 14_400, 86_400]

/** Everything that a host measures; it is counted from the host's start unless it says otherwise. */
export const METRICS = {
  sessions: {
    name: 'signalbox_sessions',
    help: 'Sessions by backend and state.',
    type: 'gauge',
  },
  spawnSeconds: {
    name: 'signalbox_session_spawn_seconds',
    help: 'From the request for a session to its first prompt.',
    type: 'histogram',
    bounds: SECONDS,
  },
  spawns: {
    name: 'signalbox_session_spawns_total',
    help: 'Sessions that were started, by how that ended: ready or failed.',
    type: 'counter',
  },
  assignmentSeconds: {
    name: 'signalbox_work_assignment_seconds',
    help: 'From the queue to a session, for each piece of work.',
    type: 'histogram',
    bounds: PATIENCE,
  },
  workWaiting: {
    name: 'signalbox_work_waiting',
    help: 'Pieces of work in the queue.',
    type: 'gauge',
  },
  submitSeconds: {
    name: 'signalbox_message_submit_seconds',
    help: 'From sending a message to its being submitted to the agent.',
    type: 'histogram',
    bounds: PATIENCE,
  },
  seenSeconds: {
    name: 'signalbox_message_seen_seconds',
    help: 'From sending a message to the agent saying that it has it.',
    type: 'histogram',
    bounds: PATIENCE,
  },
  messages: {
    name: 'signalbox_messages_total',
    help: 'Messages by type and outcome: delivered, failed, expired or cancelled.',
    type: 'counter',
  },
  deliveryRatio: {
    name: 'signalbox_message_delivery_ratio',
    help: 'Share of messages that were delivered among those that were not cancelled.',
    type: 'gauge',
  },
  messagesWaiting: {
    name: 'signalbox_messages_waiting',
    help: 'Messages that wait to be delivered.',
    type: 'gauge',
  },
  answerSeconds: {
    name: 'signalbox_need_answer_seconds',
    help: 'From a need to its answer, by the kind of need.',
    type: 'histogram',
    bounds: PATIENCE,
  },
  memoryBytes: {
    name: 'signalbox_session_memory_bytes',
    help: 'Memory of all processes of a session.',
    type: 'gauge',
  },
  cpuCores: {
    name: 'signalbox_session_cpu_cores',
    help: 'Processor cores that all processes of a session keep busy.',
    type: 'gauge',
  },
  tokens: {
    name: 'signalbox_tokens_total',
    help: 'Tokens by backend and direction, as long as the journal goes back.',
    type: 'counter',
  },
  costUsd: {
    name: 'signalbox_cost_usd_total',
    help: 'Known costs in US dollars by backend, as long as the journal goes back.',
    type: 'counter',
  },
} as const satisfies Record<string, MetricDefinition>

/** What METRICS calls a metric. */
export type MetricId = keyof typeof METRICS

export const METRIC_IDS = Object.keys(METRICS) as readonly MetricId[]
