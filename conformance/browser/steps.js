"use strict";
// What the steps of scenarios are, done in a window: the script's own, or that of a
// frame of the same origin.
const stepsOf = (w) => {
  const d = w.document;
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  const members = ["method", "mode", "credentials", "redirect", "cache", "referrer", "referrerPolicy", "integrity", "keepalive", "targetAddressSpace"];

  const bodyOf = ({ kind, text = "", type }) => {
    switch (kind) {
      case "urlencoded":
        return new w.URLSearchParams(text);
      case "multipart": {
        const form = new w.FormData();
        for (const [name, value] of new URLSearchParams(text)) form.append(name, value);
        return form;
      }
      case "blob":
        return new w.Blob([text], type === undefined ? {} : { type });
      case "stream":
        return new w.ReadableStream({
          start(controller) {
            if (text !== "") controller.enqueue(new w.TextEncoder().encode(text));
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
    const response = await w.fetch(step.url, init);
    const { type, status, redirected, url } = response;
    return { result: "response", type, status, redirected, url, headers: [...response.headers].sort(byName), body: await response.text() };
  };

  const byXHR = (step) => new Promise((done, refused) => {
    const xhr = new w.XMLHttpRequest();
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

  const throws = (use) => {
    try {
      use();
    } catch {
      return true;
    }
    return false;
  };

  // drawn tells whether a canvas on which an image or a video was drawn can be read.
  const drawn = (image) => !throws(() => {
    const canvas = d.createElement("canvas");
    canvas.width = canvas.height = 4;
    canvas.getContext("2d").drawImage(image, 0, 0, 4, 4);
    canvas.toDataURL();
  });

  // textured tells whether WebGL takes an image; undefined where there is no WebGL.
  let gl;
  const textured = (image) => {
    gl ??= d.createElement("canvas").getContext("webgl") ?? false;
    if (!gl) return undefined;
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    return !throws(() => gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image));
  };
  const forgetGL = () => {
    if (gl) gl.getExtension("WEBGL_lose_context")?.loseContext();
    gl = undefined;
  };

  // An element that has fired neither event by then fires none.
  const noEvent = 6000;

  // event is the first of the two events, or neither.
  const event = (target, loads = "load") => new Promise((done) => {
    target.addEventListener(loads, () => done("load"));
    target.addEventListener("error", () => done("error"));
    setTimeout(() => done("none"), noEvent);
  });

  // make makes an element with the attributes that the step has. Its URL is the last.
  const make = (step, tag, url, own = {}) => {
    const element = d.createElement(tag);
    for (const [name, value] of Object.entries(own)) element.setAttribute(name, value);
    for (const name of ["crossorigin", "integrity", "referrerpolicy", "as", "type"]) {
      if (step[name] !== undefined) element.setAttribute(name, step[name]);
    }
    if (url !== "") element.setAttribute(url, step.url);
    return element;
  };

  // loaded puts an element into the document and waits for its event. If it loads,
  // more of the outcome follows.
  const loaded = async (element, more = () => ({}), loads = "load", target = element) => {
    const fired = event(target, loads);
    d.body.append(element);
    const result = await fired;
    return result === "load" ? { result, ...await more(element) } : { result };
  };

  // running is a script whose error is waited for: that of a module is reported a
  // little later.
  const running = async (element) => {
    let message;
    const listen = (event) => { message ??= event.message; };
    w.addEventListener("error", listen);
    const outcome = await loaded(element);
    await sleep(0);
    w.removeEventListener("error", listen);
    if (outcome.result === "load" && message !== undefined) outcome.readable = !/^Script error\.?$/.test(message);
    return outcome;
  };

  const cssURL = (url) => `url("${url.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\a ")}")`;

  const styled = (property, step) => {
    const div = d.createElement("div");
    div.style.width = div.style.height = "10px";
    div.style.setProperty(property, cssURL(step.url));
    d.body.append(div);
    return { result: "none" };
  };

  const inTime = (promise) => Promise.race([promise, sleep(noEvent).then(() => ({ result: "none" }))]);

  const elements = {
    img: (step) => loaded(make(step, "img", "src"), (img) => ({ readable: drawn(img), webgl: textured(img) })),
    script: (step) => running(make(step, "script", "src")),
    module: (step) => running(make(step, "script", "src", { type: "module" })),
    style: (step) => loaded(make(step, "link", "href", { rel: "stylesheet" }), (link) => ({ readable: !throws(() => link.sheet.cssRules) })),
    font: (step) => inTime(new w.FontFace("f", cssURL(step.url)).load().then(() => ({ result: "load" }), () => ({ result: "error" }))),
    audio: (step) => loaded(make(step, "audio", "src", { preload: "auto", muted: "" }), undefined, "loadeddata"),
    video: (step) => loaded(make(step, "video", "src", { preload: "auto", muted: "" }), (video) => ({ readable: drawn(video) }), "loadeddata"),
    track: (step) => {
      const { crossorigin, url } = step;
      const video = make({ crossorigin }, "video", "");
      const track = make({ url }, "track", "src", { kind: "subtitles", default: "" });
      video.append(track);
      const outcome = loaded(video, undefined, "load", track);
      track.track.mode = "hidden";
      return outcome;
    },
    preload: (step) => loaded(make(step, "link", "href", { rel: "preload" })),
    modulepreload: (step) => loaded(make(step, "link", "href", { rel: "modulepreload" })),
    iframe: async (step) => {
      const frame = make(step, "iframe", "src");
      const outcome = await loaded(frame);
      if (outcome.result !== "none") {
        const asked = new URL(step.url, d.baseURI).protocol;
        outcome.readable = !throws(() => {
          if (frame.contentDocument.location.protocol === "about:" && asked !== "about:") throw "another document";
        });
      }
      return outcome;
    },
    worker: (step) => {
      const worker = step.type === undefined ? new w.Worker(step.url) : new w.Worker(step.url, { type: step.type });
      (w.workers ??= []).push(worker); // which keeps it
      return event(worker, "message").then((result) => ({ result }));
    },
    "css-image": (step) => styled("background-image", step),
    "css-mask": (step) => styled("mask-image", step),
  };

  const byEventSource = ({ url, withCredentials = false, messages = 1 }) => new Promise((done) => {
    const source = new w.EventSource(url, { withCredentials });
    let opened = false;
    const data = [];
    const end = (outcome) => {
      source.close();
      done(outcome);
    };
    source.onopen = () => { opened = true; };
    source.onmessage = (message) => {
      data.push(message.data);
      if (data.length >= messages) end({ result: "open", data });
    };
    source.onerror = () => {
      const { readyState } = source;
      if (!opened) end({ result: "error", readyState });
      else if (messages === 1 || readyState !== 0) end({ result: "open", data });
    };
  });

  const byBeacon = ({ url, body }) => {
    const queued = body === undefined ? w.navigator.sendBeacon(url) : w.navigator.sendBeacon(url, bodyOf(body));
    return { result: queued ? "queued" : "refused" };
  };

  const byWebSocket = ({ url, protocols = [] }) => new Promise((done) => {
    const socket = new w.WebSocket(url, protocols);
    socket.onopen = () => {
      done({ result: "open", protocol: socket.protocol });
      socket.close();
    };
    socket.onerror = () => done({ result: "error" });
  });

  const does = (step) => {
    if (step.element) return elements[step.element.kind](step.element);
    if (step.eventsource) return byEventSource(step.eventsource);
    if (step.beacon) return byBeacon(step.beacon);
    if (step.websocket) return byWebSocket(step.websocket);
    return step.fetch.api === "xhr" ? byXHR(step.fetch) : byFetch(step.fetch);
  };

  return async (step) => {
    try {
      return await does(step);
    } catch (exception) {
      return { result: "error", error: exception.name };
    } finally {
      forgetGL();
    }
  };
};
