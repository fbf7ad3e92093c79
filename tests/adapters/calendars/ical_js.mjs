// A calendar on ical.js, which Thunderbird's reads with: an older SEQUENCE changes nothing, but a CANCEL has none too low.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const ICAL = createRequire(import.meta.url)(process.argv[2]);
const held = new Map();

function shown({ event, answered }) {
  const organiser = event.component.getFirstProperty("organizer");
  return {
    uid: event.uid,
    start: event.startDate.toJSDate().toISOString(),
    place: event.location,
    organiser: organiser.getFirstValue(),
    sent_by: organiser.getParameter("sent-by") ?? null,
    reminders: event.component.getAllSubcomponents("valarm").length,
    answered,
  };
}

function read({ calendar, from }) {
  const whole = new ICAL.Component(ICAL.parse(calendar));
  const method = whole.getFirstPropertyValue("method");
  const event = new ICAL.Event(whole.getFirstSubcomponent("vevent"));
  const known = held.get(event.uid);
  if (method === "CANCEL") held.delete(event.uid);
  if (method === "REPLY" && known) known.answered.push(from);
  if (method !== "REQUEST" && method !== "PUBLISH") return;
  const newer = !known || known.event.sequence <= event.sequence;
  if (newer) held.set(event.uid, { event, answered: known ? known.answered : [] });
}

const after = JSON.parse(readFileSync(0, "utf8")).map((mail) => {
  read(mail);
  return [...held.values()].map(shown);
});
console.log(JSON.stringify(after));
