import { defineConfig } from 'orval';

export default defineConfig({
  gateway: {
    input: process.env.OPENAPI ?? '../gateway/openapi.json',
    output: {
      mode: 'split',
      target: 'src/api/generated/gateway.ts',
      schemas: 'src/api/generated/model',
      client: 'fetch',
      clean: true,
      headers: true,
      urlEncodeParameters: true,
      override: {
        mutator: { path: 'src/api/http.ts', name: 'http' },
        fetch: { includeHttpResponseReturnType: false },
      },
    },
  },
});
