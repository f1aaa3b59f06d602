/**
 * keys: every key of a configuration file, from the JSON Schema that validates it. Sections that only say what is to differ have
 * their defaults in the room they are for.
 */
import { jsonSchemas } from './json-schema.ts'
import { DEFAULTS as CORRELATE } from '../../src/correlate/settings.ts'
import { DEFAULTS as DETECT } from '../../src/detect/settings.ts'
import { INCIDENT_DEFAULTS } from '../../src/incident/group.ts'
import { plain } from './plain.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly required?: readonly string[]
}

const ELSEWHERE: Readonly<Record<string, object>> = {
  detect: DETECT,
  correlate: CORRELATE,
  incidents: INCIDENT_DEFAULTS,
}

export function keyReference(file: string): string {
  const root = JSON.parse(jsonSchemas()[file]!) as Schema
  return Object.entries(root.properties ?? {})
    .map(([name, schema]) => section(name, schema))
    .join('\n')
}

function section(name: string, schema: Schema): string {
  const about = schema.description === undefined ? [] : [plain(schema.description), '']
  const keys = below(name, schema)
  const lines = keys.length > 0 ? keys : [line(name, schema, false)]
  return [`### \`${name}\``, '', ...(keys.length > 0 ? about : []), ...lines, ''].join('\n')
}

/** The keys inside a section, a list of sections (`vantages[].id`) or a mapping by name (`services.<name>.url`). */
function below(path: string, schema: Schema): string[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const own = `${path}.${key}`
    const elsewhere = (ELSEWHERE[path] as Readonly<Record<string, unknown>> | undefined)?.[key]
    const deeper = below(own, inner)
    const needed = (schema.required ?? []).includes(key) && inner.default === undefined
    return deeper.length > 0 && inner.description === undefined
      ? deeper
      : [line(own, { default: elsewhere, ...inner }, needed), ...deeper]
  })
  const items = schema.items === undefined ? [] : below(`${path}[]`, schema.items)
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null
  return [...named, ...items, ...(values === null ? [] : below(`${path}.<name>`, values))]
}

function line(path: string, schema: Schema, needed: boolean): string {
  const holds = kind(schema)
  const usual = needed ? 'required' : schema.default === undefined ? null : usualOf(schema.default)
  const facts = [holds, usual].filter((fact) => fact !== null).join('; ')
  const about = schema.description === undefined ? '' : `: ${plain(schema.description)}`
  return `- \`${path}\` (${facts})${about}`
}

function usualOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '{}' ? null : `default \`${text}\``
}

function kind(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kind).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => kind({ ...schema, type })).join(' or ')
  if (schema.type === 'integer' || schema.type === 'number') return range(schema)
  if (schema.type === 'array') return 'list'
  if (schema.type === 'object') return 'mapping'
  return { boolean: '`true` or `false`', null: '`null`' }[String(schema.type)] ?? 'text'
}

function range({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const number = type === 'integer' ? 'whole number' : 'number'
  if (minimum !== undefined && maximum !== undefined) return `${number}, ${minimum} to ${maximum}`
  if (exclusiveMaximum !== undefined) return `${number} between ${exclusiveMinimum} and ${exclusiveMaximum}`
  return exclusiveMinimum === undefined ? number : `${number} above ${exclusiveMinimum}`
}
