import { defineConfig } from 'vitest/config'

// Apart from `npm test`: building an image asks the package registry, and takes minutes.
export default defineConfig({
  test: {
    include: ['tests/image/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 30_000,
    fileParallelism: false,
  },
})
