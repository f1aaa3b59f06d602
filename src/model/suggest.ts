/** "Did you mean": the nearest known word, when one is near enough to be what was meant. */

/** @returns the known word fewest edits away, or `null` when none is near */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestEdits = Infinity
  for (const candidate of known) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase())
    if (edits <= slack(candidate) && edits < bestEdits) {
      best = candidate
      bestEdits = edits
    }
  }
  return best
}

/** One edit in a short word, two (letters swapped) in a longer one, a third of a long one. */
function slack(word: string): number {
  return word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))
}

/** Levenshtein distance, one row at a time. Words over 64 characters are nobody's slip of the finger. */
function editsBetween(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
