<?php
// A calendar on sabre/vobject by Nextcloud's rule: whoever is not the organiser is not heard, and the newest mail holds.
require $argv[1];

use Sabre\VObject\Reader;

$held = [];

function shown($one)
{
    $event = $one['event'];
    return [
        'uid' => (string) $event->UID,
        'start' => $event->DTSTART->getDateTime()->format('Y-m-d\TH:i:s.000\Z'),
        // Version 2 shows a text as it is written, with its backslashes.
        'place' => str_replace('\\,', ',', (string) $event->LOCATION),
        'organiser' => (string) $event->ORGANIZER,
        'sent_by' => isset($event->ORGANIZER['SENT-BY']) ? (string) $event->ORGANIZER['SENT-BY'] : null,
        'reminders' => count($event->select('VALARM')),
        'answered' => $one['answered'],
    ];
}

$after = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $mail) {
    $calendar = Reader::read($mail['calendar']);
    $event = $calendar->VEVENT;
    $method = (string) $calendar->METHOD;
    $uid = (string) $event->UID;
    $organiser = substr((string) $event->ORGANIZER, strlen('mailto:'));
    if ($method === 'REPLY') {
        if (isset($held[$uid])) {
            $held[$uid]['answered'][] = $mail['from'];
        }
    } elseif (!in_array($organiser, [$mail['from'], $mail['reply_to']], true)) {
        // Not heard.
    } elseif ($method === 'CANCEL') {
        unset($held[$uid]);
    } else {
        $held[$uid] = ['event' => $event, 'answered' => $held[$uid]['answered'] ?? []];
    }
    $after[] = array_map('shown', array_values($held));
}
echo json_encode($after);
