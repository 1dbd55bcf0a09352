// The lines of the open conversation: what the server told, in its order, and what is unsent below it.
import { useEffect, useMemo } from "react";
import { unsentItems, useCards, withItems } from "$/public/js/details/checklists.js";
import { useDayOf } from "$/public/js/days.js";
import { discard, isRefused, retry, unsent, useOutbox, useRetried, useSender } from "$/public/js/outbox.js";
import { shown, useUploads } from "$/public/js/uploads.js";
import { SIDE_OF_TEAM } from "$/utils/rules/people";

const sideOf = (m, team) => {
  if (m.kind === "note") return "note";
  return (team ? SIDE_OF_TEAM.includes(m.role) : m.mine) ? "mine" : "theirs";
};

// A file of it was refused; without it the message can go.
const stuck = (item) => (item.files ?? []).some((file) => file.state === "failed");

// What came after the list that the page was opened with. Each delta brings only what is new, so it is kept here,
// beside the list it belongs to; what a hurried redrawing missed shows as a gap.
const tails = new WeakMap();
const withTail = (messages, recent) => {
  const tail = tails.get(messages) ?? [];
  const last = (tail.at(-1) ?? messages.at(-1))?.seq ?? 0;
  const fresh = recent.filter((m) => m.seq > last);
  if (fresh.length) tails.set(messages, [...tail, ...fresh]);
  return [...messages, ...tail, ...fresh];
};
export const useWhole = ({ messages, recent, after, dispatch }) => {
  const gap = useMemo(
    () => after > 0 && !withTail(messages, recent).some((m) => m.seq === after),
    [messages, recent, after],
  );
  useEffect(() => {
    if (gap) dispatch(null);
  }, [gap]);
};

const OLD = 60; // from the end: what is further up is laid out when it is scrolled to
// One list of what the server told (in parts, so that a new message sends only itself) and what is unsent.
export const useLines = ({
  viewer,
  number,
  team,
  earlier,
  messages,
  recent,
  refused,
  seen_by_team: seenByTeam,
  first_unread: firstUnread,
  details,
}) => {
  const outbox = useOutbox(viewer);
  const retried = useRetried();
  const uploads = useUploads();
  const cards = useCards();
  const day = useDayOf();
  return useMemo(() => {
    const told = [...earlier, ...withTail(messages, recent)];
    const keys = new Set(told.map((m) => m.key).filter(Boolean));
    const leaving = outbox
      .filter((item) => number && item.number === number && !keys.has(item.client_id))
      .map((item) => ({
        id: item.client_id,
        seq: 0,
        kind: item.kind,
        role: team ? "agent" : "customer",
        author: "",
        at: item.at,
        html: "",
        body: item.body,
        event: "",
        mine: true,
        side: item.kind === "note" ? "note" : "mine",
        files: item.kind === "answers" ? [] : (item.files ?? []).map(shown), // their names are among the answers
        state: isRefused(refused, retried, item.client_id) || stuck(item) ? "failed" : "sending",
        problem: refused[item.client_id] ?? "",
        stuck: stuck(item),
        mark: "",
        wanted: unsentItems(item, details),
      }));
    const lines = told
      .map((m) => ({
        ...m,
        id: m.key || String(m.seq),
        body: "",
        side: sideOf(m, team),
        state: "sent",
        problem: "",
        stuck: false,
        mark: "",
        files: m.files.map(shown),
        wanted: [],
      }))
      .map((line) => withItems(line, details, viewer, number, outbox, (id) => isRefused(refused, retried, id)));
    const last = lines.findLast((line) => line.mine && line.kind !== "event");
    if (last && !team && !leaving.length) last.mark = seenByTeam >= last.seq ? "seen" : "sent";
    return [...lines, ...leaving].map((line, i, all) => ({
      ...line,
      new_day: i === 0 || day(all[i - 1].at) !== day(line.at),
      first_unread: i > 0 && line.seq > 0 && line.seq === firstUnread,
      old: all.length - i > OLD,
    }));
  }, [
    outbox,
    retried,
    viewer,
    number,
    team,
    earlier,
    messages,
    recent,
    refused,
    seenByTeam,
    firstUnread,
    uploads,
    details,
    cards,
    day,
  ]);
};

export const useConversationSender = ({ viewer, number, live, messages, recent, refused, dispatch }) => {
  const confirmed = useMemo(
    () =>
      withTail(messages, recent)
        .map((m) => m.key)
        .filter(Boolean),
    [messages, recent],
  );
  useSender({ viewer, number, live, confirmed, refused, dispatch });
};
export const retryLine = ({ id, refused }) => retry(id, refused);
export const discardLine = ({ viewer, id }) => discard(viewer, id);
// What was refused goes back to where it was written.
export const editLine = ({ viewer, id }) => {
  const field = document.getElementById("reply");
  const item = unsent(viewer).find((one) => one.client_id === id);
  if (!field || !item) return;
  field.value = [field.value, item.body].filter(Boolean).join("\n\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  discard(viewer, id);
  field.focus();
};
