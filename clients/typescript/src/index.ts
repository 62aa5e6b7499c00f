/** Shortcuts for what most programs do. Written by hand; bin/clients does not change this file. */

import createClient, { type Client, type FetchOptions, type FetchResponse } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type { components, paths };
type Method = "get" | "post" | "put" | "patch" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends undefined ? never : P;
}[keyof paths];
type Init<P extends keyof paths, M extends Method> = FetchOptions<NonNullable<paths[P][M]>>;
// The types of openapi-fetch also accept names that do not exist, in an object with one that does.
type Send<M extends Method> = <P extends PathsWith<M>>(
  path: P,
  ...init: {} extends Init<P, M> ? [Init<P, M>?] : [Init<P, M>]
) => Promise<FetchResponse<NonNullable<paths[P][M]>, {}, `${string}/${string}`>>;
/** A function for each method of HTTP; the compiler knows paths, parameters, bodies and answers. */
export interface Searchsite extends Pick<Client<paths>, "use" | "eject"> {
  GET: Send<"get">;
  POST: Send<"post">;
  PUT: Send<"put">;
  PATCH: Send<"patch">;
  DELETE: Send<"delete">;
}
export type Problem = components["schemas"]["Problem"];
type Images = paths["/api/v1/images/"]["post"];
type Search = paths["/api/v1/search/"]["get"];
export type UploadFields = Partial<
  NonNullable<Images["requestBody"]>["content"]["multipart/form-data"]
>;
export type SearchParameters = NonNullable<Search["parameters"]["query"]>;
export type SearchAnswer = Search["responses"][200]["content"]["application/json"];
export type Hit = SearchAnswer["results"][number];
export type Image = Hit["image"];

/** The site refused the request. `problem.code` is stable, `problem.detail` is for people. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.name = "ApiProblem";
  }
}

/** A client with a typed function for each path: `client.GET("/api/v1/images/{id}/", …)`. */
export function connect(site: string, token?: string): Searchsite {
  const headers: Record<string, string> = token ? { Authorization: `Token ${token}` } : {};
  return createClient<paths>({ baseUrl: site, headers }) as Searchsite;
}

/** The data of an answer. Throws `ApiProblem` if the site refused the request. */
export function checked<Data>(answer: { data?: Data; error?: Problem }): Data {
  if (answer.error) throw new ApiProblem(answer.error);
  return answer.data as Data;
}

/** The `bodySerializer` of requests with files. */
export function form(fields: object): FormData {
  const result = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === undefined || item === null) continue;
      if (item instanceof Blob) result.append(name, item);
      else result.append(name, typeof item === "object" ? JSON.stringify(item) : String(item));
    }
  }
  return result;
}

/** Waits until searches can find an image, or until its `status` says that it failed. */
export async function waitUntilReady(client: Searchsite, id: string, seconds = 60): Promise<Image> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const image = checked(await client.GET("/api/v1/images/{id}/", { params: { path: { id } } }));
    if (image.status !== "stored" && image.status !== "derived") return image;
    if (Date.now() > deadline) throw new Error(`${id} is still ${image.status} after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The hits of a search, best first. The next page is requested when it is needed. */
export async function* search(
  client: Searchsite,
  q: string,
  parameters: SearchParameters = {},
): AsyncGenerator<Hit> {
  let cursor = parameters.cursor;
  do {
    const query: SearchParameters = { ...parameters, q, cursor };
    const page: SearchAnswer = checked(await client.GET("/api/v1/search/", { params: { query } }));
    yield* page.results;
    cursor = page.cursor ?? undefined;
  } while (cursor);
}
