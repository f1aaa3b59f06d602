/** How colours look to people who see them otherwise: Machado, Oliveira and Fernandes (2009), full deficiency, and CIELAB. */

type Vector = readonly [number, number, number]
type Matrix = readonly [Vector, Vector, Vector]

export interface Sight {
  readonly name: string
  readonly matrix: Matrix
}

export const SIGHTS: readonly Sight[] = [
  {
    name: 'all three cones',
    matrix: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  {
    name: 'no red cones (protanopia)',
    matrix: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
  },
  {
    name: 'no green cones (deuteranopia)',
    matrix: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
  },
  {
    name: 'no blue cones (tritanopia)',
    matrix: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  },
]

/** Linear RGB, D65. */
const TO_XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
]
const WHITE: Vector = [0.95047, 1, 1.08883]

/** @param colour #RRGGBB @returns CIELAB */
export function seenBy({ matrix }: Sight, colour: string): Vector {
  const linear = [1, 3, 5].map((at) => linearOf(Number.parseInt(colour.slice(at, at + 2), 16) / 255))
  const seen = times(matrix, linear as unknown as Vector).map((time) => Math.min(1, Math.max(0, time)))
  const [x, y, z] = times(TO_XYZ, seen as unknown as Vector).map((time, i) => lab(time / WHITE[i]!))
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)]
}

/** CIE76. */
export function difference(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

function times(matrix: Matrix, [a, b, c]: Vector): number[] {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c)
}

function linearOf(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function lab(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : (value * (24389 / 27) + 16) / 116
}
