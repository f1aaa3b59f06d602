/** Times and spans as people read them. */

/** `2015-05-23 10:00:00` UTC, or a dash for no time. */
export function showTime(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** `2015-05-23 10:00` UTC. */
export function showMinute(at: number): string {
  return showTime(at).slice(0, 16)
}

/** `2015-05-23` UTC. */
export function showDay(at: number): string {
  return showTime(at).slice(0, 10)
}

/** A span in the two largest units that matter: `2 h 10 min`, `45 s`, `3 d 4 h`. */
export function showSpan(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
