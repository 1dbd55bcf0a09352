// On the page for "no connection": what this browser kept of the person's tickets (assets/js/seen.js), and the way back.
(() => {
  const LOOK_EVERY = 5000;
  let left = -LOOK_EVERY;
  window.addEventListener("beforeunload", () => (left = performance.now()));
  // Not while the person is on the way to another page: it would take them back to this one.
  const again = () => performance.now() - left < LOOK_EVERY || window.location.reload();
  document.getElementById("again").addEventListener("click", () => window.location.reload());
  window.addEventListener("online", again);
  // "online" does not come when only our server was away.
  setInterval(
    () =>
      fetch("/healthz", { cache: "no-store" }).then(
        (answer) => answer.ok && again(),
        () => {},
      ),
    LOOK_EVERY,
  );

  const language = document.documentElement.lang;
  const section = document.getElementById("seen");
  const list = section.querySelector("ul");
  let kept;
  try {
    const names = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i));
    kept = JSON.parse(localStorage.getItem(names.find((name) => name.startsWith("portal:seen:"))));
  } catch {
    return; // nothing was kept, or it is refused
  }
  if (!kept?.rows?.length || Date.now() - kept.at > 14 * 86_400_000) return;
  // As in assets/js/dates.js: in Vietnamese dates are written in digits. These stand alone: they begin with a capital.
  const digits = { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" };
  const styleOf = (style) =>
    language !== "vi"
      ? { dateStyle: style, timeStyle: "short" }
      : style === "full"
        ? { weekday: "long", ...digits }
        : digits;
  const when = (at, style) => {
    const text = new Intl.DateTimeFormat(language, styleOf(style)).format(new Date(at));
    return text[0].toLocaleUpperCase(language) + text.slice(1);
  };
  const put = (parent, tag, text, name) => {
    const made = parent.appendChild(document.createElement(tag));
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  document.getElementById("at").textContent = when(kept.at, "full");
  for (const row of kept.rows) {
    const link = put(list.appendChild(document.createElement("li")), "a", "");
    link.href = `${section.dataset.tickets}/${row.number}`;
    if (row.unread) link.dataset.unread = "true";
    put(link, "strong", row.subject);
    put(link, "span", `${row.number} · ${list.getAttribute(`data-${row.status.replaceAll("_", "-")}`) ?? ""}`);
    put(link, "small", when(row.at, "medium"));
  }
  section.hidden = false;
})();
