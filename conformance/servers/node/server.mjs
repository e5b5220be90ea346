// Serves Node's CORS packages on loopback, one port a setting. The settings come as one line of JSON on
// standard input: {"package": "cors", "settings": [{"name": "list", "wish": {…}}]}. The answer is one line on
// standard output: {"list": {"port": 12345}}, or {"refused": "the package's words"} in its place. It ends when
// standard input does.

import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

// shop is the subdomain pattern as people write it, where there is no wildcard.
const shop = /^https:\/\/.*\.shop\.example$/;

const broken = () => {
  throw new Error("out of order");
};

// origins is what `cors` and `@fastify/cors` take.
function origins(wish) {
  if (wish.anyByFunc) return true;
  if (wish.pattern) return new RegExp(wish.pattern);
  if (wish.origins[0] === "*") return "*";
  if (wish.origins[0].includes("*")) return shop;
  return wish.origins;
}

// single is a function of the origin that gives what to allow.
function single(wish) {
  return (origin) => {
    if (wish.anyByFunc) return origin;
    if (wish.origins[0].includes("*")) return shop.test(origin) ? origin : undefined;
    return wish.origins.includes(origin) ? origin : undefined;
  };
}

function options(wish) {
  return {
    origin: origins(wish),
    methods: wish.methods,
    allowedHeaders: wish.headers,
    exposedHeaders: wish.exposed,
    credentials: wish.credentials,
    maxAge: wish.maxAge,
  };
}

const packages = {
  async cors({ wish, variant }) {
    const { default: express } = await import("express");
    const { default: cors } = await import("cors");
    const app = express();
    app.set("env", "test"); // which keeps errors out of the log
    const allow = wish.defaults ? cors() : cors(options(wish));
    if (variant === "sign-in first") {
      app.use((req, res, next) => (req.get("authorization") ? next() : res.status(401).json("sign in first")));
    }
    if (variant !== "routes one by one") app.use(allow);
    const each = variant === "routes one by one" ? [allow] : [];
    app.get("/items", ...each, (req, res) => res.set("X-Total-Count", "2").json([1, 2]));
    app.post("/items", ...each, (req, res) => res.status(201).json(3));
    app.put("/items/:id", ...each, (req, res) => res.json(1));
    app.patch("/items/:id", ...each, (req, res) => res.json(1));
    app.delete("/items/:id", ...each, (req, res) => res.status(204).end());
    app.get("/broken", ...each, broken);
    return listen(createServer(app));
  },

  async "@fastify/cors"({ wish }) {
    const { default: fastify } = await import("fastify");
    const { default: cors } = await import("@fastify/cors");
    const app = fastify({ forceCloseConnections: true });
    await app.register(cors, wish.defaults ? {} : options(wish));
    app.get("/items", (req, reply) => reply.header("X-Total-Count", "2").send([1, 2]));
    app.post("/items", (req, reply) => reply.code(201).send({ id: 3 }));
    app.put("/items/:id", () => ({ id: 1 }));
    app.patch("/items/:id", () => ({ id: 1 }));
    app.delete("/items/:id", (req, reply) => reply.code(204).send());
    app.get("/broken", broken);
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server.address().port;
  },

  async "@koa/cors"({ wish }) {
    const { default: Koa } = await import("koa");
    const { default: Router } = await import("@koa/router");
    const { default: cors } = await import("@koa/cors");
    const app = new Koa();
    app.silent = true;
    const allow = { allowMethods: wish.methods, allowHeaders: wish.headers, exposeHeaders: wish.exposed, credentials: wish.credentials, maxAge: wish.maxAge };
    if (!wish.defaults) allow.origin = wish.origins?.[0] === "*" ? "*" : (ctx) => single(wish)(ctx.get("Origin")) ?? "";
    app.use(cors(wish.defaults ? undefined : allow));
    const router = new Router();
    router.get("/items", (ctx) => {
      ctx.set("X-Total-Count", "2");
      ctx.body = [1, 2];
    });
    router.post("/items", (ctx) => {
      ctx.status = 201;
      ctx.body = { id: 3 };
    });
    router.put("/items/:id", (ctx) => (ctx.body = { id: 1 }));
    router.patch("/items/:id", (ctx) => (ctx.body = { id: 1 }));
    router.delete("/items/:id", (ctx) => (ctx.status = 204));
    router.get("/broken", broken);
    app.use(router.routes());
    return listen(createServer(app.callback()));
  },

  async "hono/cors"({ wish }) {
    const { Hono } = await import("hono");
    const { cors } = await import("hono/cors");
    const { createAdaptorServer } = await import("@hono/node-server");
    const app = new Hono();
    const allow = { allowMethods: wish.methods, allowHeaders: wish.headers, exposeHeaders: wish.exposed, credentials: wish.credentials, maxAge: wish.maxAge };
    if (!wish.defaults) allow.origin = wish.anyByFunc || wish.origins[0].length > 1 && wish.origins[0].includes("*") ? single(wish) : wish.origins[0] === "*" ? "*" : wish.origins;
    app.use("*", cors(wish.defaults ? undefined : allow));
    app.get("/items", (c) => c.json([1, 2], 200, { "X-Total-Count": "2" }));
    app.post("/items", (c) => c.json(3, 201));
    app.put("/items/:id", (c) => c.json(1));
    app.patch("/items/:id", (c) => c.json(1));
    app.delete("/items/:id", (c) => c.body(null, 204));
    app.get("/broken", broken);
    app.onError((err, c) => c.text("out of order", 500));
    return listen(createAdaptorServer(app));
  },
};

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit(0));
const [line] = await once(input, "line");
const order = JSON.parse(line);
const ports = {};
for (const setting of order.settings) {
  try {
    ports[setting.name] = { port: await packages[order.package](setting) };
  } catch (err) {
    ports[setting.name] = { refused: String(err.message).split("\n")[0] };
  }
}
console.log(JSON.stringify(ports));
