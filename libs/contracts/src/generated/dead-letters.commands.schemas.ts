// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const DiscardDeadLetterV1 = {
  "type": "record",
  "name": "DiscardDeadLetter",
  "namespace": "atelier.deadletters",
  "doc": "Give a dead letter up for good, so that what is parked behind it goes on.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    }
  ]
} as const;

export const RecordRedriveHandledV1 = {
  "type": "record",
  "name": "RecordRedriveHandled",
  "namespace": "atelier.deadletters",
  "doc": "Record that the group handled a redriven record.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    }
  ]
} as const;

export const RecordRedriveNotSentV1 = {
  "type": "record",
  "name": "RecordRedriveNotSent",
  "namespace": "atelier.deadletters",
  "doc": "Record that there is nothing to copy for a redrive.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    },
    {
      "name": "refusal",
      "type": "string",
      "doc": "record-missing, unknown-group or too-large: see RedriveNotSent."
    }
  ]
} as const;

export const RecordRedriveSentV1 = {
  "type": "record",
  "name": "RecordRedriveSent",
  "namespace": "atelier.deadletters",
  "doc": "Record that the copy for a redrive was written.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "redrive",
      "type": "int",
      "doc": "Which redrive of the dead letter it is: 1, 2, ..."
    }
  ]
} as const;

export const ReportDeadLetterV1 = {
  "type": "record",
  "name": "ReportDeadLetter",
  "namespace": "atelier.deadletters",
  "doc": "Report that a record was given up, for the first time or after a redrive.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "group",
      "type": "string",
      "doc": "Consumer group whose handler failed."
    },
    {
      "name": "topic",
      "type": "string",
      "doc": "Topic of the original record."
    },
    {
      "name": "partition",
      "type": "int",
      "doc": "Partition of the original record, and of all its copies."
    },
    {
      "name": "offset",
      "type": "long",
      "doc": "Offset of the original record."
    },
    {
      "name": "key",
      "type": [
        "null",
        "string"
      ],
      "doc": "The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key.",
      "default": null
    },
    {
      "name": "messageType",
      "type": [
        "null",
        "string"
      ],
      "doc": "Type of the message, from ce_type; null without that header.",
      "default": null
    },
    {
      "name": "messageId",
      "type": [
        "null",
        "string"
      ],
      "doc": "Id of the message, from ce_id; null without that header.",
      "default": null
    },
    {
      "name": "handler",
      "type": "string",
      "doc": "Name of the handler that failed."
    },
    {
      "name": "attempts",
      "type": "int",
      "doc": "How often it was tried before it was given up, at least 1."
    },
    {
      "name": "redrives",
      "type": "int",
      "doc": "How often it was redriven before this failure; 0 at the first."
    },
    {
      "name": "errorClass",
      "type": "string",
      "doc": "Class of the error of this failure."
    },
    {
      "name": "errorMessage",
      "type": "string",
      "doc": "Message of the error of this failure."
    },
    {
      "name": "firstErrorClass",
      "type": "string",
      "doc": "Class of the error of the very first attempt."
    },
    {
      "name": "firstErrorMessage",
      "type": "string",
      "doc": "Message of the error of the very first attempt."
    },
    {
      "name": "failedAt",
      "type": "long",
      "doc": "When this failure was given up, in milliseconds since 1970 UTC."
    },
    {
      "name": "firstFailedAt",
      "type": "long",
      "doc": "When the very first attempt failed, in milliseconds since 1970 UTC."
    },
    {
      "name": "service",
      "type": "string",
      "doc": "Service that the handler runs in."
    },
    {
      "name": "version",
      "type": "string",
      "doc": "Version of that service."
    },
    {
      "name": "traceparent",
      "type": [
        "null",
        "string"
      ],
      "doc": "W3C trace context of the record; null without one.",
      "default": null
    }
  ]
} as const;

export const RequestRedriveV1 = {
  "type": "record",
  "name": "RequestRedrive",
  "namespace": "atelier.deadletters",
  "doc": "Give a dead letter back to the group that failed on it.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    },
    {
      "name": "force",
      "type": "boolean",
      "doc": "Whether to pass over the limits of count and age."
    },
    {
      "name": "value",
      "type": [
        "null",
        "bytes"
      ],
      "doc": "The edited value, encoded as the topic's values are; null for the value as it was.",
      "default": null
    },
    {
      "name": "difference",
      "type": [
        "null",
        "string"
      ],
      "doc": "What the edit changed, as JSON; null without an edit.",
      "default": null
    },
    {
      "name": "jobId",
      "type": [
        "null",
        "string"
      ],
      "doc": "UUID of the redrive job that asked for it; null for a redrive on its own.",
      "default": null
    },
    {
      "name": "canary",
      "type": "boolean",
      "doc": "Whether it is the first of its job, whose outcome decides about the rest."
    }
  ]
} as const;

export const RestoreDeadLetterV1 = {
  "type": "record",
  "name": "RestoreDeadLetter",
  "namespace": "atelier.deadletters",
  "doc": "Take back that a dead letter was discarded.",
  "fields": [
    {
      "name": "deadLetterId",
      "type": "string",
      "doc": "UUID of the failed record, the same for all its copies."
    },
    {
      "name": "operator",
      "type": "string",
      "doc": "Who asked for it."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the operator's words."
    }
  ]
} as const;
