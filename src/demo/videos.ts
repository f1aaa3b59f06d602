/** videos: the two trigger events of the story, registered at the moment they are published. */
import type { TriggerEvent } from '../model/event.ts'

/** @param at Unix ms of its publication */
export function firstVideo(at: number): TriggerEvent {
  return video('demo-first-video', 'First video of the police commander', at)
}

export function secondVideo(at: number): TriggerEvent {
  return video('demo-second-video', 'Second video of the police commander', at)
}

function video(id: string, title: string, at: number): TriggerEvent {
  const date = new Date(at).toISOString().slice(0, 10)
  return {
    id,
    title,
    kind: 'video-release',
    role: 'trigger',
    at: { earliestAt: at, latestAt: at, stated: date, precision: 'hour' },
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['youtube', 'facebook', 'odnoklassniki'],
    otherTargets: [],
    confidence: 'high',
    sources: [{ title: 'The demo', publisher: 'didbon', date, url: null }],
    notes: null,
  }
}
