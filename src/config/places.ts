/** places: where in a file each value stands, so that what is wrong with it can be said with line and column. */
import type { LineCounter } from 'yaml'
import { type KeyPath, type Problem, showPath, showValue } from './problem.ts'

/** One value of a file; `secret` when a reference stands there, whose value no message may show. */
export interface Place {
  readonly offset: number
  value: unknown
  secret: boolean
}

export interface Places {
  readonly add: (path: KeyPath, place: Place) => void
  /** A problem at the key or value a path leads to, or at the nearest thing above it. */
  readonly problemAt: (path: KeyPath, text: string) => Problem
  /** The value there as a message may show it. */
  readonly shown: (path: KeyPath) => string
}

export function createPlaces(file: string, lines: LineCounter): Places {
  const places = new Map<string, Place>()
  return {
    add: (path, place) => places.set(showPath(path), place),

    problemAt(path, text) {
      for (let depth = path.length; depth >= 0; depth--) {
        const place = places.get(showPath(path.slice(0, depth)))
        if (place === undefined) continue
        const { line, col } = lines.linePos(place.offset)
        return { file, line, column: col, path, text }
      }
      return { file, line: 0, column: 0, path, text }
    },

    shown(path) {
      const place = places.get(showPath(path))
      if (place === undefined) return 'nothing'
      if (path.at(-1) === 'password') return 'what is there'
      return place.secret ? 'the value of a reference' : showValue(place.value)
    },
  }
}
