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

  const visit = async (id, url) => {
    await ask("visit", { id });
    parent.postMessage({ open: url, id }, "*");
    await ask("visited", { id });
    parent.postMessage({ close: id }, "*");
  };

  // Frames are loaded side by side if they have the same policies, since their
  // requests don't say whose they are; others take turns.
  let loads = 0, policies, told, turns = [];
  const frameOf = async ({ id, page }) => {
    const own = JSON.stringify(page);
    while (loads > 0 && policies !== own) await new Promise((turn) => turns.push(turn));
    loads++;
    if (policies !== own) {
      policies = own;
      told = ask("frame", { id });
    }
    await told;
    const frame = document.createElement("iframe");
    frame.src = page.url;
    frame.style = "position: fixed; inset: 0; width: 600px; height: 400px; border: 0";
    const end = new Promise((done) => { frame.onload = done; });
    document.body.append(frame);
    await end;
    loads--;
    if (loads === 0) for (const turn of turns.splice(0)) turn();
    return frame;
  };

  // sandboxed plays steps in the frame of a frame, whose window is out of reach.
  const sandboxed = (frame) => {
    const target = frame.contentWindow[0];
    return (step) => new Promise((done) => {
      addEventListener("message", function answered({ source, data }) {
        if (source !== target) return;
        removeEventListener("message", answered);
        done(data.outcome);
      });
      target.postMessage({ step }, "*");
    });
  };

  // A step that has not ended by then does not end. A stream may come back for more
  // messages, a while after its end.
  const limitOf = ({ eventsource }) => stepLimit + 6000 * ((eventsource?.messages ?? 1) - 1);

  // A hidden page loads no media and paints nothing. A visit hides it, for a while.
  const visible = async () => {
    for (let tries = 0; document.hidden; tries++) {
      if (tries === 200) throw new Error("the page stays hidden");
      await sleep(50);
    }
  };

  const sendsLater = ({ beacon, element }) => beacon !== undefined || element?.kind === "css-image" || element?.kind === "css-mask";

  const play = async ({ scenario, settle_ms, framed }, { aside, wait, yields }) => {
    const { id, page, steps } = scenario;
    const outcomes = [];
    // quiet waits until no request of the scenario has come for a while.
    const quiet = async (ms) => {
      for (let left = ms; left > 0; ) {
        await wait(left);
        left = ms - (await ask("quiet", { id })).age_ms;
      }
    };
    const frame = framed ? await yields(frameOf(scenario)) : undefined;
    const does = frame === undefined ? stepsOf(self) : page.sandboxed ? sandboxed(frame) : stepsOf(frame.contentWindow);
    for (const step of steps) {
      if (step.wait_ms !== undefined) await wait(step.wait_ms);
      else if (step.visit !== undefined) await visit(id, step.visit);
      else {
        if (step.element !== undefined && document.hidden) await aside(visible());
        outcomes.push(await yields(Promise.race([does(step), sleep(limitOf(step)).then(() => ({ result: "none" }))])));
      }
      if (sendsLater(step)) await quiet(600);
      if (settle_ms > 0) await wait(settle_ms);
    }
    if (framed) await quiet(300);
    frame?.remove();
    return { id, steps: outcomes };
  };

  const run = async () => {
    let running = 0, waiting = 0, frames = 0, queue = [], done = [], wake = () => {};
    const start = () => {
      while (running < limit && queue.length > 0 && !(queue[0].framed && frames >= 4 * limit)) {
        const work = queue.shift(), { id } = work.scenario;
        running++;
        if (work.framed) frames++;
        const hung = sleep(work.timeout_ms).then(() => ({ id, hung: true, steps: [] }));
        const failed = (exception) => ({ id, hung: true, error: `${exception}`, steps: [] });
        Promise.race([play(work, { aside, wait, yields }).catch(failed), hung]).then((outcome) => {
          if (over) console.log(over + id);
          done.push(outcome);
          running--;
          if (work.framed) frames--;
          start();
        });
      }
      if (done.length > 0 && (running === 0 || queue.length < limit && done.length >= limit)) wake();
    };
    // Who waits lets others run.
    const aside = async (promise) => {
      running--;
      waiting++;
      start();
      try {
        return await promise;
      } finally {
        waiting--;
        running++;
      }
    };
    const wait = (ms) => aside(sleep(ms));
    // So does what takes long.
    const yields = async (promise) => {
      let ended = false;
      const end = promise.finally(() => { ended = true; });
      await Promise.race([end, sleep(1000)]);
      return ended ? end : aside(end);
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
