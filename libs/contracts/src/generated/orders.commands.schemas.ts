// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const CancelOrderV1 = {
  "type": "record",
  "name": "CancelOrder",
  "namespace": "atelier.orders",
  "doc": "Cancel an order that is still pending.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "Why, in the client's words."
    }
  ]
} as const;

export const ExpireOrderV1 = {
  "type": "record",
  "name": "ExpireOrder",
  "namespace": "atelier.orders",
  "doc": "Cancel an order that is still pending when its time is up.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    }
  ]
} as const;

export const PlaceOrderV1 = {
  "type": "record",
  "name": "PlaceOrder",
  "namespace": "atelier.orders",
  "doc": "Place a new order, priced by the gateway from its catalogue.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    }
  ]
} as const;

export const PlaceOrderV2 = {
  "type": "record",
  "name": "PlaceOrder",
  "namespace": "atelier.orders",
  "doc": "Place a new order, priced by the gateway from its catalogue.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "channel",
      "type": {
        "type": "enum",
        "name": "Channel",
        "namespace": "atelier.orders",
        "doc": "Where an order came in.",
        "symbols": [
          "web",
          "store",
          "phone"
        ],
        "default": "web"
      },
      "default": "web",
      "doc": "Where it came in; web of all from before there was another channel."
    }
  ]
} as const;

export const RecordReservationV1 = {
  "type": "record",
  "name": "RecordReservation",
  "namespace": "atelier.orders",
  "doc": "Record the inventory's answer for one line of an order.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "sku",
      "type": "string",
      "doc": "The line's product."
    },
    {
      "name": "reserved",
      "type": "boolean",
      "doc": "Whether the pieces are held for the order."
    },
    {
      "name": "reason",
      "type": [
        "null",
        "string"
      ],
      "doc": "Why they are not; null when they are.",
      "default": null
    }
  ]
} as const;
