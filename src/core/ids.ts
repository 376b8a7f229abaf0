/** Identifiers: ULIDs made by an injected generator, never reused across restarts. */
export type SessionId = string & { readonly kind: 'session' }
export type MessageId = string & { readonly kind: 'message' }
export type WorkId = string & { readonly kind: 'work' }
export type NeedId = string & { readonly kind: 'need' }

/** Where identifiers come from: one function, injected, so that core stays pure and tests are repeatable. */
export type NewId = () => string

export const sessionId = (text: string): SessionId => text as SessionId
export const messageId = (text: string): MessageId => text as MessageId
export const workId = (text: string): WorkId => text as WorkId
export const needId = (text: string): NeedId => text as NeedId
