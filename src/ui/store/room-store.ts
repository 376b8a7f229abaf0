import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Size } from '../../core/session.ts'
import { initialState, type RoomState } from './state.ts'

/** Holds the state of one room; every change is one of the pure functions in `transitions/`. */
export interface RoomStore {
  get(): RoomState
  /** Replaces the state by what the transition makes of it; nobody is told when it returns the same object. */
  update(transition: (state: RoomState) => RoomState): void
  subscribe(listener: (state: RoomState, previous: RoomState) => void): () => void
}

/** Creates the store of a room of this size. */
export function createRoomStore(size: Size): RoomStore {
  const store: StoreApi<RoomState> = createStore(() => initialState(size))
  return {
    get: store.getState,
    update: (transition) => store.setState(transition, true),
    subscribe: store.subscribe,
  }
}
