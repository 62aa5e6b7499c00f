/** Uploads from the disk, for Node.js. Written by hand; bin/clients does not change this file. */

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { form, type Image, type Problem, type Searchsite, type UploadFields } from "./index.js";

const PICTURE = /\.(avif|bmp|gif|heic|jpe?g|png|tiff?|webp)$/i;

export type Uploaded = { path: string; image?: Image; problem?: Problem };

/**
 * Uploads the pictures of a folder and its subfolders in the order of their paths.
 *
 * Yields the answer to each file, so a file that is refused does not stop the others. A file that
 * is in the gallery already is not stored twice, so an interrupted upload can be repeated.
 */
export async function* uploadFolder(
  client: Searchsite,
  folder: string,
  fields: UploadFields = {},
): AsyncGenerator<Uploaded> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pictures = entries.filter((entry) => entry.isFile() && PICTURE.test(entry.name));
  for (const path of pictures.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const file = new File([await readFile(path)], basename(path));
    // The types know the body of a form or of JSON; a form takes the file itself.
    const body = { ...fields, file } as never;
    const answer = await client.POST("/api/v1/images/", { body, bodySerializer: form });
    // An upload of one file has no list of results.
    const image = answer.data as Image | undefined;
    yield { path, image, problem: answer.error };
  }
}
