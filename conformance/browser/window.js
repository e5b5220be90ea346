"use strict";
// The top-level window does what the frame of a sandboxed page may not.
const popups = new Map();
addEventListener("message", ({ data }) => {
  if (data.go) {
    for (const popup of popups.values()) popup?.close(); // what is left open would hide the next page
    location.replace(data.go);
  }
  if (data.open) popups.set(data.id, open(data.open));
  if (data.close) {
    popups.get(data.close)?.close();
    popups.delete(data.close);
  }
});
