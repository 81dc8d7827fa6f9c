// A tour of a running site with the generated TypeScript types: token, lists by links, a post, a like, a search.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string> };

const { SITE: site, NAME: name, PASSWORD: password } = process.env as { SITE: string; NAME: string; PASSWORD: string };

function given<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`no ${what}`);
  return value;
}

function check(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

const basic = createClient<paths>({ baseUrl: site, headers: { Authorization: `Basic ${btoa(`${name}:${password}`)}` } });
// expires_in is left out: a default must not make it required.
const issued = given((await basic.POST("/api/tokens", { body: { name: "tour.ts", scopes: ["read", "write"] } })).data, "token");
const headers = { Authorization: `Bearer ${issued.token}` };
const client = createClient<paths>({ baseUrl: site, headers });

const entry = given((await client.GET("/api")).data, "entry");
check(entry._links.posts === "/api/posts", "the entry leads to the posts");
let page = given((await client.GET("/api/posts", { params: { query: { per_page: 5 } } })).data, "posts");
const seen = page.items.map((post) => post.id);
for (let n = 0; n < 2; n++) {
  const answer = await fetch(new URL(given(page._links.next, "next page"), site), { headers });
  page = (await answer.json()) as components["schemas"]["Posts"];
  seen.push(...page.items.map((post) => post.id));
}
check(new Set(seen).size === 15, "three pages of five posts");
const made = given(
  (await client.POST("/api/posts", { body: { body: "tour.ts" }, params: { header: { "Idempotency-Key": "tour.ts" } } })).data,
  "post",
);
const liked = given((await client.PUT("/api/posts/{id}/likes", { params: { path: { id: made.id } } })).data, "like");
check(liked.liked && liked.like_count === 1, "the post is liked");
const author = given((await client.GET("/api/users/{who}", { params: { path: { who: "1" } } })).data, "author");
const found = given((await client.GET("/api/search/posts", { params: { query: { q: `from:${author.username}` } } })).data, "results");
check(found.items.length > 0 && found.items.every((post) => post.author.id === author.id), "the search finds the author's posts");
console.log(made.id);
