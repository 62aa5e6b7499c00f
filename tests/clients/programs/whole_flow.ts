// Uses the installed client as a program does: node whole_flow.js SITE TOKEN FOLDER
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ApiProblem, checked, connect, form, search, waitUntilReady, type Image } from "searchsite-client";
import { uploadFolder } from "searchsite-client/folder";

const [site, token, folder] = process.argv.slice(2) as [string, string, string];
const client = connect(site, token);

const images: Image[] = [];
const refused: string[] = [];
const fields = { visibility: "private", title: "Four corners", metadata: { place: "Rome" } } as const;
for await (const { path, image, problem } of uploadFolder(client, folder, fields)) {
  if (image) images.push(image);
  if (problem) refused.push(`${basename(path)} ${problem.code}`);
}
const [blue, corners] = images as [Image, Image];
assert.equal(images.length, 2);
assert.deepEqual(refused, ["not-a-picture.png unsupported_type"]);
assert.deepEqual(blue.metadata, { place: "Rome" });

assert.equal((await waitUntilReady(client, blue.id)).status, "ready");
assert.equal((await waitUntilReady(client, corners.id)).visibility, "private");
const hits: string[] = [];
for await (const hit of search(client, "four corners", { owner: "ann", limit: 1 })) hits.push(hit.id);
assert.deepEqual(new Set(hits), new Set([blue.id, corners.id]));

const one = { params: { path: { id: blue.id } } };
checked(await client.PATCH("/api/v1/images/{id}/", { ...one, body: { title: "A blue wall" } }));
const changed = checked(await client.GET("/api/v1/images/{id}/", one));
assert.equal(changed.title, "A blue wall");

const etag = '"of another version"';
const other = { params: { ...one.params, header: { "If-Match": etag } } };
const mismatch = await client.PATCH("/api/v1/images/{id}/", { ...other, body: { title: "A wall" } });
assert.equal(mismatch.error?.code, "precondition_failed");

const headers = { Authorization: `Token ${token}` };
const original = await fetch(changed.original!, { headers });
assert.equal(original.status, 200);
const bytes = Buffer.from(await original.arrayBuffer());
assert.deepEqual(bytes, await readFile(join(folder, "blue.png")));

const picture = { images: [new Blob([bytes])] };
const byPicture = await client.POST("/api/v1/search/", { body: picture, bodySerializer: form });
assert.equal(checked(byPicture).results[0]?.id, blue.id);
const vectors = await client.POST("/api/v1/embeddings/", { body: picture, bodySerializer: form });
assert.equal(checked(vectors).embeddings.length, 1);

/** The compiler refuses these. */
export const mistakes = [
  // @ts-expect-error - no such field
  () => client.PATCH("/api/v1/images/{id}/", { ...one, body: { title: "A wall", titel: "A wall" } }),
  // @ts-expect-error - no such parameter
  () => client.GET("/api/v1/search/", { params: { query: { q: "a wall", whatever: 1 } } }),
  // @ts-expect-error - no body
  () => client.POST("/api/v1/embeddings/", {}),
  // @ts-expect-error - no such path
  () => client.GET("/api/v1/imges/"),
];

for (const { id } of images) {
  const { response } = await client.DELETE("/api/v1/images/{id}/", { params: { path: { id } } });
  assert.equal(response.status, 204);
}
const codeOf = (error: unknown) => error instanceof ApiProblem && error.problem.code;
await assert.rejects(waitUntilReady(client, blue.id), (error) => codeOf(error) === "not_found");
await assert.rejects(
  search(connect(site), "a wall").next(),
  (error) => codeOf(error) === "not_authenticated",
);
console.log("whole flow: ok");
