"use strict";
// In the frame of a sandboxed page: the steps that the window of the page sends.
addEventListener("message", async ({ source, data }) => {
  source.postMessage({ outcome: await stepsOf(self)(data.step) }, "*");
});
