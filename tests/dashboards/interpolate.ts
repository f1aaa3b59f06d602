/** Puts values in place of variables, as Grafana does: in PromQL several become a pattern, elsewhere words stand as they are. */

export interface Variables {
  /** what is chosen: several for those of which several may be */
  readonly chosen: Readonly<Record<string, string | readonly string[]>>
  readonly from: number
  readonly to: number
  /** of the data source, in seconds: the shortest step */
  readonly intervalS: number
}

const USE = /\$(?:\{(\w+)(?::([\w:]+))?\}|(\w+))/g

export function inPromQL(expr: string, variables: Variables): string {
  return replaced(expr, variables, (value) =>
    typeof value === 'string' ? escaped(value) : `(${value.map(escaped).join('|')})`,
  )
}

export function inText(text: string, variables: Variables): string {
  return replaced(text, variables, (value) => (typeof value === 'string' ? value : `{${value.join(',')}}`))
}

/** @throws Error for a variable nobody gave a value */
function replaced(
  text: string,
  { chosen, from, to, intervalS }: Variables,
  written: (value: string | readonly string[]) => string,
): string {
  const built: Readonly<Record<string, string>> = {
    __interval: `${intervalS}s`,
    __interval_ms: String(intervalS * 1000),
    __rate_interval: `${4 * intervalS}s`,
    __range: `${Math.round((to - from) / 1000)}s`,
    '__from:date:iso': new Date(from).toISOString(),
    '__to:date:iso': new Date(to).toISOString(),
  }
  return text.replaceAll(USE, (use, braced: string | undefined, format: string | undefined, bare: string) => {
    const name = braced ?? bare
    if (/^\d+$/.test(name)) return use // of a label_replace
    const own = built[format === undefined ? name : `${name}:${format}`]
    if (own !== undefined) return own
    const value = chosen[name]
    if (value === undefined) throw new Error(`${use} has no value, in ${text}`)
    return written(value)
  })
}

/** In a PromQL string a backslash is written twice. */
function escaped(value: string): string {
  return value.replaceAll(/[\\^$*+?.()|[\]{}]/g, String.raw`\\$&`)
}
