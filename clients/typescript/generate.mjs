// Writes the types of the API: node generate.mjs SCHEMA OUTPUT (npm run generate).
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [schema, output] = process.argv.slice(2);
const BLOB = ts.factory.createTypeReferenceNode(ts.factory.createIdentifier("Blob"));

const BLOBS = ts.factory.createUnionTypeNode([BLOB, ts.factory.createArrayTypeNode(BLOB)]);

function typeOf(schemaObject) {
  // Without it, a file of a form would have the type string.
  if (schemaObject.format === "binary") return BLOB;
  // In a form, one file looks like a list of one file.
  if (schemaObject.items?.format === "binary") return BLOBS;
}

const nodes = await openapiTS(pathToFileURL(resolve(schema)), {
  alphabetize: true,
  // A field of a request with a default can be left out.
  defaultNonNullable: false,
  transform: typeOf,
});
await writeFile(output, `// Generated from docs/openapi.yaml.\n${astToString(nodes)}`);
