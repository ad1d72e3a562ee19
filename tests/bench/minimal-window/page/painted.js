// The second frame's callback runs after the first frame is on the screen.
requestAnimationFrame(() => requestAnimationFrame(() => window.__TAURI__.core.invoke("painted")));
