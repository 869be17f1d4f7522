import { defineConfig, type OpenApiDocument } from 'orval';

/** An optional header is left out, never null: FastAPI describes it as both. */
function withoutNullHeaders(document: OpenApiDocument): OpenApiDocument {
  return JSON.parse(JSON.stringify(document), (_key, value) =>
    value?.in === 'header' ? { ...value, schema: { type: 'string' } } : value,
  );
}

export default defineConfig({
  gateway: {
    input: {
      target: process.env.OPENAPI ?? '../gateway/openapi.json',
      override: { transformer: withoutNullHeaders },
    },
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
