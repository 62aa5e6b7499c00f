// Bundles the headless part of Uppy once; the output is committed, the site itself needs no Node.
//   npm ci && npm run build
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const packages = ["@uppy/core", "@uppy/drop-target", "@uppy/xhr-upload"];
const manifest = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
const version = manifest("@uppy/core").version;
const folder = `../../../gallery/static/gallery/vendor/uppy/${version}`;

const { metafile } = await build({
  entryPoints: ["entry.mjs"],
  outfile: `${folder}/uppy.min.js`,
  bundle: true,
  minify: true,
  format: "iife", // a classic deferred script: hashed static names need no import rewriting
  globalName: "Uppy",
  target: ["es2022"],
  legalComments: "eof",
  charset: "utf8",
  metafile: true,
});

const bundled = Object.keys(metafile.inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const licences = [...new Set(bundled.filter(Boolean))].sort().map((name) => {
  const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(`node_modules/${name}/${file}`, "utf8").trim() : `Licence: ${manifest(name).license}`;
  return `${name} ${manifest(name).version}\n\n${text}\n`;
});
writeFileSync(`${folder}/LICENSES.txt`, licences.join(`\n${"-".repeat(72)}\n\n`));

const bundle = readFileSync(`${folder}/uppy.min.js`);
const sha256 = createHash("sha256").update(bundle).digest("hex");
const rows = packages.map((name) => `| ${name} | ${manifest(name).version} | ${manifest(name).license} |`);
writeFileSync(
  `${folder}/VENDOR.md`,
  `# Uppy ${version} (headless)

| package | version | licence |
| --- | --- | --- |
${rows.join("\n")}

- File: \`uppy.min.js\`, ${bundle.length} bytes
- sha256: \`${sha256}\`
- Licence texts of everything bundled: \`LICENSES.txt\`
- Built by: \`cd tools/vendor/uppy && npm ci && npm run build\` (esbuild ${manifest("esbuild").version}, exact versions in \`package-lock.json\`)
- Source: https://github.com/transloadit/uppy
`,
);
console.log(`${bundle.length} bytes, sha256 ${sha256}`);
