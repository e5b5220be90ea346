"use strict";
{
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  // A simple request: no preflight, whatever the page.
  const ask = async (what, message) => {
    const response = await fetch(control + what, {
      method: "POST", body: JSON.stringify({ generation, ...message }), credentials: "omit", referrerPolicy: "no-referrer",
    });
    return response.json();
  };

  const members = ["method", "mode", "credentials", "redirect", "cache", "referrer", "referrerPolicy", "integrity", "keepalive"];

  const bodyOf = ({ kind, text = "", type }) => {
    switch (kind) {
      case "urlencoded":
        return new URLSearchParams(text);
      case "multipart": {
        const form = new FormData();
        for (const [name, value] of new URLSearchParams(text)) form.append(name, value);
        return form;
      }
      case "blob":
        return new Blob([text], type === undefined ? {} : { type });
      case "stream":
        return new ReadableStream({
          start(controller) {
            if (text !== "") controller.enqueue(new TextEncoder().encode(text));
            controller.close();
          },
        });
    }
    return text;
  };

  const byName = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0);

  const byFetch = async (step) => {
    const init = {};
    for (const member of members) if (step[member] !== undefined) init[member] = step[member];
    // The constructor appends each pair under the guard of a request, as
    // request.headers.append would: seen to be the same in every engine, with
    // repeated names, too. Only here a body's type comes after them.
    if (step.headers) init.headers = step.headers;
    if (step.body) {
      init.body = bodyOf(step.body);
      if (step.body.kind === "stream") init.duplex = "half";
    }
    const response = await fetch(step.url, init);
    const { type, status, redirected, url } = response;
    return { result: "response", type, status, redirected, url, headers: [...response.headers].sort(byName), body: await response.text() };
  };

  const byXHR = (step) => new Promise((done, refused) => {
    const xhr = new XMLHttpRequest();
    xhr.onload = () => {
      const headers = xhr.getAllResponseHeaders().split("\r\n").filter((line) => line !== "").map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^ /, "")];
      });
      done({ result: "response", status: xhr.status, url: xhr.responseURL, headers: headers.sort(byName), body: xhr.responseText });
    };
    xhr.onerror = () => refused({ name: "NetworkError" });
    xhr.onabort = () => refused({ name: "AbortError" });
    xhr.ontimeout = () => refused({ name: "TimeoutError" });
    xhr.open(step.method ?? "GET", step.url);
    for (const [name, value] of step.headers ?? []) xhr.setRequestHeader(name, value);
    if (step.withCredentials !== undefined) xhr.withCredentials = step.withCredentials;
    if (step.uploadListener) xhr.upload.addEventListener("progress", () => {});
    xhr.send(step.body ? bodyOf(step.body) : null);
  });

  const visit = async (id, url) => {
    await ask("visit", { id });
    parent.postMessage({ open: url, id }, "*");
    await ask("visited", { id });
    parent.postMessage({ close: id }, "*");
  };

  const play = async ({ id, steps }, wait) => {
    const outcomes = [];
    for (const step of steps) {
      if (step.wait_ms !== undefined) await wait(step.wait_ms);
      else if (step.visit !== undefined) await visit(id, step.visit);
      else {
        try {
          outcomes.push(await (step.fetch.api === "xhr" ? byXHR(step.fetch) : byFetch(step.fetch)));
        } catch (exception) {
          outcomes.push({ result: "error", error: exception.name });
        }
      }
    }
    return { id, steps: outcomes };
  };

  const run = async () => {
    let running = 0, waiting = 0, queue = [], done = [], wake = () => {};
    const start = () => {
      while (running < limit && queue.length > 0) {
        const { scenario, timeout_ms } = queue.shift();
        running++;
        const hung = sleep(timeout_ms).then(() => ({ id: scenario.id, hung: true, steps: [] }));
        Promise.race([play(scenario, wait), hung]).then((outcome) => {
          if (over) console.log(over + scenario.id);
          done.push(outcome);
          running--;
          start();
        });
      }
      if (done.length > 0 && (running === 0 || queue.length < limit && done.length >= limit)) wake();
    };
    // Who waits lets others run.
    const wait = async (ms) => {
      running--;
      waiting++;
      start();
      await sleep(ms);
      waiting--;
      running++;
    };
    for (;;) {
      const reply = await ask("work", { done: done.splice(0), room: Math.max(0, 8 * limit - running - queue.length) });
      if (reply.go) return parent.postMessage(reply, "*");
      if (reply.stop) return;
      queue.push(...reply.work ?? []);
      const woken = new Promise((resolve) => { wake = resolve; });
      start();
      if (running + waiting > 0) await Promise.race([woken, sleep(500)]);
    }
  };
  run();
}
