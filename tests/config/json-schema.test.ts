import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { jsonSchemas } from '../docs/json-schema.ts'

const CONFIG = new URL('../../config/', import.meta.url)

test.each(Object.entries(jsonSchemas()))(
  '%s -> is what the zod schema says; if not: npm run docs',
  async (name, text) => {
    expect(await readFile(new URL(name, CONFIG), 'utf8')).toBe(text)
  },
)

test.each(['didbon', 'services'])(
  'config/%s.yaml -> names its schema, and an editor finds nothing wrong in it',
  async (name) => {
    const text = await readFile(new URL(`${name}.yaml`, CONFIG), 'utf8')
    expect(text).toMatch(new RegExp(`^# yaml-language-server: \\$schema=${name}\\.schema\\.json\n`))
    const schema = JSON.parse(await readFile(new URL(`${name}.schema.json`, CONFIG), 'utf8')) as Parameters<
      typeof z.fromJSONSchema
    >[0]
    const reread = z.fromJSONSchema(schema)
    expect(reread.safeParse(parse(text)).error).toBeUndefined()
    expect(reread.safeParse({ ...(parse(text) as object), colour: 'blue' }).success).toBe(false)
  },
)
