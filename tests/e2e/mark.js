// One pixel in the corner, of a color by which a picture of the screen can be told from earlier ones.
const mark = document.getElementById("picture-mark") ?? document.body.appendChild(document.createElement("div"));
mark.id = "picture-mark";
Object.assign(mark.style, { position: "fixed", right: 0, bottom: 0, width: "1px", height: "1px", zIndex: 2147483647, pointerEvents: "none", background: arguments[0] });
