/** A page for people, made from the OpenAPI document: one file, no script, nothing fetched from elsewhere. */

/** The parts of an OpenAPI 3.1 document that the page shows. */
export interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly tags?: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

interface Operation {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly security?: readonly object[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly example?: unknown
    readonly examples?: Readonly<Record<string, unknown>>
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
}

export const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid; } h3 { margin-top: 2.2rem; }
code, pre, h3 { font-family: ui-monospace, monospace; } code { overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8rem; border: 1px solid #8886; font-size: .85rem; line-height: 1.4; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8886; }
td:first-child { white-space: nowrap; } ul { columns: 2; }
`

/** Writes the page. */
export function referencePage({ info, tags = [], paths, components }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const sections = tags.flatMap(({ name, description = '' }) => [
    `<h2 id="${text(name)}">${text(name)}</h2><p>${text(description)}</p>`,
    ...operations
      .filter(({ operation }) => operation.tags?.includes(name))
      .map(({ method, path, operation }) => showOperation(method, path, operation)),
  ])
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<h3 id="schema-${text(name)}">${text(name)}</h3><pre>${showSchema(schema, 0)}</pre>`,
  )
  const links = operations.map(
    ({ method, path }) =>
      `<li><a href="#${anchor(method, path)}"><code>${method} ${text(path)}</code></a></li>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(info.title)}: API reference</title>
<style>${STYLE}</style></head>
<body>
<h1>${text(info.title)}: API reference</h1>
<p>${text(info.description ?? '')}</p>
<p>Version ${text(info.version)}. Machine-readable: <a href="openapi.json">openapi.json</a>, OpenAPI 3.1.</p>
<ul>${links.join('\n')}</ul>
${sections.join('\n')}
<h2 id="schemas">Shapes</h2>
${schemas.join('\n')}
</body>
</html>
`
}

function showOperation(method: string, path: string, operation: Operation): string {
  const {
    summary = '',
    description = '',
    security = [],
    parameters = [],
    requestBody,
    responses = {},
  } = operation
  const rows = parameters.map(
    ({ name, in: where, required = false, description = '', example, examples = {}, schema }) =>
      `<tr><td><code>${text(name)}</code></td><td>${where}${required ? ', required' : ''}</td>` +
      `<td>${text(description)} ${showLimits(schema, [example ?? [], Object.keys(examples)].flat())}</td></tr>`,
  )
  const answers = Object.entries(responses).map(([status, { description = '', content = {} }]) => {
    const shapes = Object.entries(content).map(
      ([type, { schema }]) =>
        `<code>${text(type)}</code>${schema.$ref === undefined ? `<pre>${showSchema(schema, 0)}</pre>` : `: ${showSchema(schema, 0)}`}`,
    )
    return `<tr><td>${text(status)}</td><td>${text(description)} ${shapes.join(' ')}</td></tr>`
  })
  const body = Object.values(requestBody?.content ?? {}).map(
    ({ schema }) => `<p>Body:</p><pre>${showSchema(schema, 0)}</pre>`,
  )
  return [
    `<h3 id="${anchor(method, path)}">${method} ${text(path)}</h3>`,
    `<p>${text(summary)}. ${text(description)}${security.length > 0 ? ' Requires a bearer token.' : ''}</p>`,
    rows.length > 0 ? `<table>${rows.join('\n')}</table>` : '',
    ...body,
    `<p>Answers:</p><table>${answers.join('\n')}</table>`,
  ].join('\n')
}

function showLimits(schema: Schema, examples: readonly unknown[]): string {
  const words = schema.enum === undefined ? '' : `One of ${schema.enum.map(code).join(', ')}.`
  const such = examples.length === 0 ? '' : `Such as ${examples.map(code).join(', ')}.`
  const fallback = schema.default === undefined ? '' : `Default: ${code(schema.default)}.`
  return [words, such, fallback].filter((part) => part !== '').join(' ')
}

/** A schema as a person would jot it down, as HTML. */
function showSchema(schema: Schema, depth: number): string {
  const { $ref, anyOf, oneOf, prefixItems, items, properties } = schema
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return `<a href="#schema-${text(name)}">${text(name)}</a>`
  }
  if (schema.const !== undefined) return text(JSON.stringify(schema.const))
  if (schema.enum !== undefined) return schema.enum.map((value) => text(JSON.stringify(value))).join(' | ')
  const options = anyOf ?? oneOf
  if (options !== undefined) return options.map((inner) => showSchema(inner, depth)).join(' | ')
  if (prefixItems !== undefined) return `[${prefixItems.map((inner) => showSchema(inner, depth)).join(', ')}]`
  if (items !== undefined) return `list of ${showSchema(items, depth)}`
  if (properties !== undefined) {
    const inner = '  '.repeat(depth + 1)
    const lines = Object.entries(properties).map(([key, value]) => {
      const note = value.description === undefined ? '' : `  // ${text(value.description)}`
      return `${inner}${text(key)}: ${showSchema(value, depth + 1)}${note}`
    })
    return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
  }
  return text(schema.format ?? [schema.type ?? 'anything'].flat().join(' | '))
}

function anchor(method: string, path: string): string {
  return text(`${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
}

function code(value: unknown): string {
  return `<code>${text(String(value))}</code>`
}

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
