// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const AddProductV1 = {
  "type": "record",
  "name": "AddProduct",
  "namespace": "atelier.inventory",
  "doc": "Add a product to the catalogue, with its first stock.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "name",
      "type": "string",
      "doc": "What people call the product."
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
    },
    {
      "name": "onHand",
      "type": "int",
      "doc": "Pieces on the shelf at the start."
    }
  ]
} as const;

export const ReceiveStockV1 = {
  "type": "record",
  "name": "ReceiveStock",
  "namespace": "atelier.inventory",
  "doc": "Put pieces on the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces received, at least 1."
    }
  ]
} as const;

export const ReleaseStockV1 = {
  "type": "record",
  "name": "ReleaseStock",
  "namespace": "atelier.inventory",
  "doc": "Give back what an order holds; if it holds nothing, never hold anything for it.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that the pieces are for, as a UUID."
    }
  ]
} as const;

export const ReserveStockV1 = {
  "type": "record",
  "name": "ReserveStock",
  "namespace": "atelier.inventory",
  "doc": "Hold pieces for an order.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that the pieces are for, as a UUID."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces to hold, at least 1."
    }
  ]
} as const;

export const ShipStockV1 = {
  "type": "record",
  "name": "ShipStock",
  "namespace": "atelier.inventory",
  "doc": "Take what an order holds off the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that the pieces are for, as a UUID."
    }
  ]
} as const;
