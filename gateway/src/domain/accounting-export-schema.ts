// The XML schema of the accounting export, as it is served and as docs/accounting-export.xsd has it.

export const EXPORT_XML_NAMESPACE = 'urn:mpac-pgw:accounting-export:1';

export const EXPORT_XML_SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${EXPORT_XML_NAMESPACE}"
           targetNamespace="${EXPORT_XML_NAMESPACE}" elementFormDefault="qualified">
  <xs:annotation>
    <xs:documentation>
      The sales of one business date of one store, in one currency. Amounts are whole numbers of the smallest unit of the
      currency: yen, cents. What went back to customers is negative.
    </xs:documentation>
  </xs:annotation>
  <xs:element name="accounting_export">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="export_type">
          <xs:simpleType>
            <xs:restriction base="xs:string"><xs:enumeration value="daily_settlement"/></xs:restriction>
          </xs:simpleType>
        </xs:element>
        <xs:element name="date" type="xs:date"/>
        <xs:element name="merchant_id" type="xs:string"/>
        <!-- Absent: what was sold in no store. -->
        <xs:element name="store_id" type="xs:string" minOccurs="0"/>
        <xs:element name="currency">
          <xs:simpleType>
            <xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}"/></xs:restriction>
          </xs:simpleType>
        </xs:element>
        <xs:element name="transactions">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="transaction" type="transaction" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="totals" type="totals"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="transaction">
    <xs:sequence>
      <xs:element name="transaction_id" type="xs:string"/>
      <xs:element name="timestamp" type="xs:dateTime"/>
      <xs:element name="amount" type="xs:long"/>
      <xs:element name="tax_amount" type="xs:long"/>
      <xs:element name="payment_method" type="xs:string"/>
      <!-- Absent: the payment was created without one. -->
      <xs:element name="receipt_number" type="xs:string" minOccurs="0"/>
    </xs:sequence>
  </xs:complexType>
  <xs:complexType name="totals">
    <xs:sequence>
      <xs:element name="gross_revenue" type="xs:long"/>
      <xs:element name="tax_collected" type="xs:long"/>
      <xs:element name="net_revenue" type="xs:long"/>
    </xs:sequence>
  </xs:complexType>
</xs:schema>
`;
