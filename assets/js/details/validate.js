// A checklist while it is filled in: remembered, looked through, sent. Loaded where there is one (checklists.js).
import { boxOf, changed, isFilled, keep, key, problems, read } from "$/public/js/details/checklists.js";
import { secretIn } from "$/public/js/guard.js";
import { say } from "$/public/js/i18n.js";
import { discard, newId, put, unsent } from "$/public/js/outbox.js";
import { goodFiles, listed, save, takeFiles } from "$/public/js/uploads.js";

const FIELDS = ["value", "chain", "zone", "reason"];
const entries = (form, viewer, number) =>
  [...form.querySelectorAll("[data-place]:has([name=declined])")].map((item) => {
    const field = (part) => item.querySelector(`[name=${part}]`);
    const typed = Object.fromEntries(FIELDS.map((part) => [part, field(part)?.value.trim() ?? ""]));
    const files = goodFiles(viewer, boxOf(number, form.dataset.request, item.dataset.place));
    if (item.dataset.kind === "screenshot") typed.value = files.map((file) => file.name).join(", ");
    return {
      ...typed,
      files,
      place: Number(item.dataset.place),
      kind: item.dataset.kind,
      chain: item.dataset.chain || typed.chain,
      declined: field("declined").checked,
      item,
    };
  });

// Loaded when somebody fills something in. Without it the server alone checks.
const loadChecks = () => import("$/public/js/details/rules.js").catch(() => ({ problemOf: () => undefined }));

const remember = (form, viewer, number) => {
  const drafts = read(viewer, number);
  const filled = entries(form, viewer, number).filter((entry) => entry.value || entry.reason || entry.declined);
  const before = Object.values(drafts[form.dataset.request] ?? {}).filter(isFilled).length;
  drafts[form.dataset.request] = Object.fromEntries(
    filled.map(({ place, item, kind, files, ...entry }) => [place, entry]),
  );
  keep(viewer, number, drafts);
  return before !== filled.filter(isFilled).length;
};
let checks;
export const typed = (form, event, viewer, number) => {
  checks ??= loadChecks();
  const differs = remember(form, viewer, number);
  const own = key(form.dataset.request, event.target.closest("[data-place]")?.dataset.place);
  const { [own]: gone, [key(form.dataset.request, "all")]: all, ...others } = problems.now;
  if (gone || all) problems.now = others;
  if (differs || gone || all || event.type === "change") changed();
};
// What was refused is sent anew, and its files are the form's again.
const takeBack = (viewer, number, request) => {
  for (const item of unsent(viewer)) {
    if (item.kind !== "answers" || item.number !== number || item.request !== request) continue;
    for (const one of item.given) {
      const box = boxOf(number, request, one.place);
      const files = (item.files ?? []).filter((file) => one.files?.includes(file.id));
      if (files.length) save(viewer, box, [...files, ...listed(viewer, box)]);
    }
    discard(viewer, item.client_id);
  }
};
// `texts` are the words for each problem.
export const submitted = async (form, _event, viewer, number, texts) => {
  checks ??= loadChecks();
  const request = Number(form.dataset.request);
  takeBack(viewer, number, request);
  const given = entries(form, viewer, number);
  const filled = given.filter(isFilled);
  const found = {};
  const { problemOf } = await checks;
  for (const entry of given) {
    const value = entry.declined ? entry.reason : entry.value;
    const problem = !entry.declined && entry.files.some((file) => !file.id) ? ["uploading"] : problemOf(entry);
    const secret = value && !problem ? await secretIn(value) : "";
    if (problem || secret) found[key(request, entry.place)] = say(texts[secret || problem[0]], problem?.[1]);
  }
  if (!filled.length && !Object.keys(found).length) found[key(request, "all")] = say(texts.nothing);
  problems.now = found;
  changed();
  const wrong = given.find((entry) => found[key(request, entry.place)]);
  if (Object.keys(found).length) {
    (wrong
      ? wrong.item.querySelector(wrong.declined ? "[name=reason]" : "[name=value], [data-picks]")
      : form.querySelector("[name=value]")
    )?.focus();
    return;
  }
  const taken = new Map(
    filled
      .filter((entry) => !entry.declined)
      .map((entry) => [entry.place, takeFiles(viewer, boxOf(number, request, entry.place))]),
  );
  const files = [...taken.values()].flat();
  put(viewer, {
    client_id: newId(),
    number,
    kind: "answers",
    request,
    given: filled.map(({ place, value, reason, chain, zone, declined }) =>
      declined
        ? { place, value: reason, declined }
        : { place, value, chain, zone, files: taken.get(place).map((file) => file.id) },
    ),
    files,
    body: "",
    at: new Date().toISOString(),
  });
};
