"use strict";
// The top-level window does what the frame of a sandboxed page may not.
let popup;
addEventListener("message", ({ data }) => {
  if (data.go) location.replace(data.go);
  if (data.open) popup = open(data.open);
  if (data.close && popup) popup.close();
});
